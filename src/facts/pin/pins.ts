import type { Artifact, Source } from '../../artifact/types.ts'
import type { Span } from '../../text/lines.ts'
import { type Scalar, scalarsOf } from '../environment/scalars.ts'
import type { PinFact } from './index.ts'
import { machinePackages } from './machines.ts'
import { scriptPins } from './scripts.ts'

/** Something with a version, pinned or not. */
export interface Pin {
  readonly what: PinFact['what']
  readonly name: string
  readonly version: string
  readonly pinned: boolean
  readonly place: string
  readonly span: Span
}

const floating =
  /^(latest|main|master|head|trunk|develop|stable|edge|nightly|next|canary|current|rolling|dev|\*|x|any|newest|mainline|lts)$/i

/** Is the version a number, a tag or a digest, not a name that moves? */
export function isPinned(version: string): boolean {
  if (version === '' || floating.test(version) || /[-.](latest|nightly|edge)$/i.test(version)) return false
  // A branch, and what is filled in from elsewhere.
  return !/^refs\/heads\/|^\(\(.*\)\)$/.test(version)
}

/** Everything with a version in one side of a file; undefined when it cannot be read. */
export async function pinsOf(
  source: Source,
  language: Artifact['language'],
  kind: Artifact['kind'],
): Promise<readonly Pin[] | undefined> {
  if (language === 'dockerfile') return [...dockerfile(source.text), ...tools(source.text), ...scriptPins(source.text)]
  if (language === 'shell') return [...tools(source.text), ...scriptPins(source.text)]
  if (language === 'puppet' || language === 'ruby') return machinePackages(source, language)
  const scalars = await scalarsOf(source, language)
  if (scalars === undefined) return undefined
  const pins =
    language === 'hcl'
      ? terraform(scalars)
      : scalars.flatMap(scalar => configured(scalar, scalars, source.path, kind) ?? [])
  return kind === 'github-workflow' ? [...pins, ...tools(source.text), ...scriptPins(source.text)] : pins
}

function pin(
  what: Pin['what'],
  name: string,
  version: string,
  { path, span }: Scalar,
  pinned = isPinned(version),
): Pin {
  return { what, name, version, pinned, place: path, span }
}

function configured(scalar: Scalar, all: readonly Scalar[], path: string, kind: Artifact['kind']): Pin | undefined {
  const { key, text } = scalar
  if (text.includes('{{') || text.includes('${')) return undefined
  if (kind === 'github-workflow')
    return key === 'uses' ? action(scalar) : key === 'image' || key === 'container' ? image(scalar) : undefined
  if (/(^|\/)package\.json$/.test(path)) {
    const isDependency = /^(dependencies|optionalDependencies|peerDependencies)\./.test(scalar.path)
    return isDependency && !/^(workspace|file|link|npm):/.test(text)
      ? pin('package', key, text, scalar, isPinned(text) && !/#(main|master)$/.test(text))
      : undefined
  }
  if (key === 'image') return image(scalar)
  const sibling = (name: string) => all.find(other => other.parent === scalar.parent && other.key === name)
  if (key === 'tag' || key === 'imageTag') {
    const repository = sibling('repository') ?? sibling('image') ?? sibling('name')
    return repository ? pin('image', repository.text, text, scalar) : undefined
  }
  if (key === 'newTag') return pin('image', sibling('name')?.text ?? '', text, scalar)
  if (key === 'targetRevision')
    return pin('revision', sibling('chart')?.text ?? sibling('repoURL')?.text ?? '', text, scalar)
  if (
    key === 'version' &&
    (sibling('chart') ??
      sibling('sourceRef') ??
      (/Chart\.ya?ml$/.test(path) && scalar.parent !== '' ? sibling('name') : undefined))
  )
    return pin(
      'chart',
      (sibling('chart') ?? sibling('name'))?.text ?? '',
      text,
      scalar,
      isPinned(text) && !/^>/.test(text),
    )
  if (key === 'state' && /(^|\.)(ansible\.builtin\.)?(apt|yum|dnf|package|pip|npm|gem)\.state$/.test(scalar.path)) {
    // `containerd.io=1.7.22-1`: the version stands in the name.
    const [name = '', fixed] = (sibling('name')?.text ?? '').split(/=+(?=\d)/)
    return pin('package', name, text === 'latest' ? 'latest' : (fixed ?? 'as installed'), scalar)
  }
  return undefined
}

function image(scalar: Scalar): Pin | undefined {
  const { text } = scalar
  if (!/^[\w.-]+([:/@][\w./:@-]+)?$/.test(text) || /\.(png|jpe?g|svg|gif|webp)$/i.test(text)) return undefined
  const [name, version] = splitImage(text)
  return pin('image', name, version, scalar)
}

/** Name and version of an image: the tag is what follows the last colon after the last slash. */
function splitImage(text: string): readonly [string, string] {
  const [whole = '', digest] = text.split('@')
  const colon = whole.indexOf(':', whole.lastIndexOf('/') + 1)
  const name = colon === -1 ? whole : whole.slice(0, colon)
  return [name, digest ?? (colon === -1 ? '' : whole.slice(colon + 1))]
}

function action(scalar: Scalar): Pin | undefined {
  const [name = '', version] = scalar.text.split('@')
  return version === undefined || name.startsWith('.') || name.startsWith('docker:')
    ? undefined
    : pin('action', name, version, scalar)
}

function terraform(scalars: readonly Scalar[]): readonly Pin[] {
  return scalars.flatMap((scalar): readonly Pin[] => {
    const { path, key, text, parent } = scalar
    if (
      key === 'most_recent' &&
      text === 'true' &&
      /^data\.(aws_ami|google_compute_image|openstack_images_image_v2)\b/.test(path)
    ) {
      const names = scalars.filter(
        other => other.path.startsWith(`${parent}.`) && /\.values\.\[\d+\]$|\.name(_regex)?$/.test(other.path),
      )
      const wild = names.length === 0 || names.some(other => /[*?]|\.\+/.test(other.text))
      return [pin('machine-image', parent.split('.').slice(1).join('.'), 'the most recent', scalar, !wild)]
    }
    if (key === 'name' && /^data\.aws_ssm_parameter\./.test(path) && /\/(latest|recommended)\//.test(text))
      return [pin('machine-image', parent.split('.').slice(1).join('.'), 'the recommended', scalar, false)]
    if (key === 'source' && (path.startsWith('module.') || path === 'terraform.source')) {
      const ref = /[?&]ref=([^&"]+)/.exec(text)?.[1]
      const isRemote = /^git::|^git@|github\.com|bitbucket\.org|\.git(\?|\/\/|$)/.test(text)
      return isRemote ? [pin('module', path === 'terraform.source' ? 'the module' : parent, ref ?? '', scalar)] : []
    }
    if (key !== 'version') return []
    if (path.startsWith('module.')) return [pin('module', parent, text, scalar, isBounded(text))]
    if (/^resource\.helm_release\./.test(path))
      return [pin('chart', chartOf(parent, scalars), text, scalar, isPinned(text))]
    if (/required_providers/.test(path))
      return [
        pin(
          'provider',
          parent.split('.').at(-1) ?? '',
          text,
          scalar,
          isBounded(text) && !/^\s*~>\s*\d+\.\d+\s*$/.test(text),
        ),
      ]
    return []
  })
}

/** Name of the chart of a release, or of the release when the chart is a path or computed. */
function chartOf(release: string, scalars: readonly Scalar[]): string {
  const chart = scalars.find(({ path }) => path === `${release}.chart`)?.text ?? ''
  return /^[\w-]+(\/[\w-]+)*$/.test(chart) ? chart : (release.split('.').at(-1) ?? '')
}

/** A constraint with an upper end. */
function isBounded(constraint: string): boolean {
  return isPinned(constraint) && !/^\s*(>=?|!=)[^,]*$/.test(constraint)
}

function dockerfile(text: string): readonly Pin[] {
  const stages = new Set<string>()
  return text.split('\n').flatMap((line, index) => {
    const match = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?/i.exec(line)
    if (!match) return []
    const [whole, from = '', stage = ''] = match
    const isStage = stages.has(from.toLowerCase())
    stages.add(stage.toLowerCase())
    if (isStage || from === 'scratch' || from.includes('$')) return []
    const [name, version] = splitImage(from)
    const column = line.indexOf(from) + 1
    return [
      {
        what: 'image',
        name,
        version,
        pinned: isPinned(version),
        place: whole.trim(),
        span: at(index, column, from.length),
      } satisfies Pin,
    ]
  })
}

const tool =
  /(?:\b(?:npx|bunx|uvx|pnpm\s+dlx|yarn\s+dlx|npm\s+(?:exec|i|install)|pnpm\s+add|yarn\s+global\s+add|go\s+(?:install|run))\s+)(?:-\S+\s+)*((?:@?[\w.-]+\/)*[\w.-]+)@([\w.^~*-]+)/g

/** Tools that a script fetches by name and version. */
function tools(text: string): readonly Pin[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.length > 1000 || /^\s*(#|echo\b|printf\b)/.test(line)) return []
    return [...line.matchAll(tool)].map(match => {
      const [whole, name = '', version = ''] = match
      return {
        what: 'tool',
        name,
        version,
        pinned: isPinned(version),
        place: whole,
        span: at(index, match.index + 1, whole.length),
      } satisfies Pin
    })
  })
}

function at(index: number, column: number, length: number): Span {
  return { line: index + 1, column, endLine: index + 1, endColumn: column + length }
}
