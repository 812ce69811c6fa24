import { escapePattern } from '../../text/pattern.ts'

/** Where a value stands: the kind of object, and the path inside it with list items and labelled blocks as `*`. */
export interface PlaceShape {
  readonly kind: string
  readonly shape: string
}

interface PlacePattern {
  readonly kind: string
  readonly path: string
}

const compiled = new Map<string, RegExp>()

/**
 * Does a fact's place match a pattern of a rule? In `kind`, `*` is any run of characters (`k8s/*`, `*`). In `path`, `*` is
 * one whole step or any part of one (`*.replicas`, `max*`), `**` any number of steps, also none; upper and lower case
 * differ. The empty path is the object itself.
 */
export function placeMatches(place: PlaceShape, pattern: PlacePattern): boolean {
  if (!canBe(place.kind, pattern.kind)) return false
  const key = `${pattern.kind} ${pattern.path}`
  const regex = compiled.get(key) ?? compile(pattern)
  compiled.set(key, regex)
  return regex.test(`${place.kind}\n${place.shape === '' ? '' : `${place.shape}.`}`)
}

/** A test of the kind that needs no regular expression: most rules look at other kinds of objects. */
function canBe(kind: string, pattern: string): boolean {
  const star = pattern.indexOf('*')
  return star === -1 ? kind === pattern : kind.startsWith(pattern.slice(0, star))
}

function compile({ kind, path }: PlacePattern): RegExp {
  const kinds = kind.split('*').map(escapePattern).join('[^\\n]*')
  // Each step brings its own dot, so that `**` can stand for no step at all.
  const steps = path === '' ? [] : path.split('.')
  const source = steps.map(step =>
    step === '**' ? '(?:[^.]*\\.)*' : `${step.split('*').map(escapePattern).join('[^.]*')}\\.`,
  )
  return new RegExp(`^${kinds}\\n${source.join('')}$`)
}
