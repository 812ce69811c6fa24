import type { Fact } from '../facts/types.ts'
import { placeMatches } from '../facts/value/place.ts'
import { globs } from '../text/glob.ts'
import { once } from '../text/once.ts'
import { guardOf } from './guard.ts'
import type { FileView, Place, Rule } from './types.ts'

/** A rule's `where` as a test: cheap, and run before anything of the rule is compiled. */
export function prefilter(rule: Rule): (fact: Fact, file: FileView) => boolean {
  const { places, artifacts, paths, roles = ['live'] } = rule.where ?? {}
  const inPaths = once(() => (paths === undefined ? () => true : globs(paths)))
  const inPlaces = places === undefined ? () => true : standsIn(places)
  // Of most rules no fact asks.
  const guard = once(() => guardOf(rule.when))
  return (fact, file) =>
    roles.includes(file.role) &&
    (artifacts === undefined || artifacts.includes(file.kind)) &&
    guard()(fact) &&
    inPaths()(fact.path) &&
    inPlaces(fact)
}

/** A large change has thousands of values at few different places: each place is looked at once. */
function standsIn(places: readonly Place[]): (fact: Fact) => boolean {
  const known = new Map<string, boolean>()
  return fact => {
    const place = 'place' in fact ? fact.place : undefined
    if (typeof place !== 'object' || place === null || !('kind' in place) || !('shape' in place)) return false
    const { kind, shape } = { kind: String(place.kind), shape: String(place.shape) }
    const key = `${kind}\n${shape}`
    const found = known.get(key) ?? places.some(pattern => placeMatches({ kind, shape }, pattern))
    known.set(key, found)
    return found
  }
}
