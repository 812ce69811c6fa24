import { environmentOf, roleOf } from '../../artifact/classify.ts'
import type { Tree } from '../../change/types.ts'
import { isCode, readsOf } from './reads.ts'

/** A file that can declare keys, and for whom. */
export interface PlaceOfKeys {
  readonly path: string
  readonly text: string
  readonly for: 'production' | 'others'
}

const mostFiles = 500

const envFile = /(^|\/)\.env(\.[\w.-]+)?$|(^|\/)[\w.-]+\.env$|(^|\/)\.envrc$/
const configuration =
  /\.(ya?ml|tf|tfvars|hcl|toml|properties|service|nomad|tpl|gotmpl|jsonnet)$|(^|\/)(app|vercel|package|now|heroku|task-?def[\w.-]*|[\w.-]*task-definition[\w.-]*)\.json$|(^|\/)(Dockerfile[\w.-]*|Containerfile|Procfile|heroku\.yml)$|(^|\/)(values|config|settings)[\w.-]*\.json$/
const prose = /\.(md|mdx|rst|adoc|txt)$|\.(sample|example|dist|template)(\.\w+)?$/

/** What a file can declare keys for, by its path; undefined for files that declare none. */
export function placeOf(path: string): PlaceOfKeys['for'] | undefined {
  if (/(^|\/)(node_modules|vendor|dist|build)\/|lock\.(json|ya?ml)$|(^|\/)package\.json$/.test(path)) return undefined
  if (envFile.test(path))
    return /\.env\.(production|prod|live)(\.|$)|(production|prod)\.env$/.test(path) ? 'production' : 'others'
  if (prose.test(path)) return 'others'
  if (!configuration.test(path)) return undefined
  // A compose file at the top is how a team develops, unless it says production.
  if (/compose[^/]*\.ya?ml$/.test(path))
    return environmentOf(path) === 'production' || /(^|\/)(deploy|ops|infra)\w*\//.test(path) ? 'production' : 'others'
  if (/(^|\/)(\.github\/|\.circleci\/|\.gitlab-ci|azure-pipelines|\.devcontainer)/.test(path))
    return /deploy|release|prod/i.test(path) ? 'production' : 'others'
  if (roleOf(path) !== 'live' || environmentOf(path) === 'lower') return 'others'
  return 'production'
}

/** Files of a tree that declare keys. */
export interface Places {
  readonly places: readonly PlaceOfKeys[]
  /** False when there were too many to read. */
  readonly complete: boolean
  /** The keys that no place of production declares; reading stops when there are none left. */
  readonly undeclared: ReadonlySet<string>
}

/** Reads the places of a tree, those given first, until all keys are found to be declared for production. */
export async function placesOf(tree: Tree, keys: readonly string[], first: ReadonlySet<string>): Promise<Places> {
  const paths = (await tree.list()).filter(path => placeOf(path) !== undefined)
  const places: PlaceOfKeys[] = []
  const undeclared = new Set(keys)
  // Prose last: it only matters when nothing else is found.
  const rank = (path: string) => (first.has(path) ? 0 : prose.test(path) ? 2 : 1)
  const ordered = [...paths].sort((a, b) => rank(a) - rank(b))
  for (const path of ordered.slice(0, mostFiles)) {
    if (undeclared.size === 0) break
    const text = await tree.read(path)
    const kind = placeOf(path)
    if (text === undefined || kind === undefined || !/[A-Z][A-Z0-9_]{2,}/.test(text)) continue
    // A template that reads the environment declares nothing.
    if (isCode(path) && readsOf(path, text).length > 0) continue
    places.push({ path, text, for: kind })
    if (kind === 'production') for (const key of undeclared) if (namesKey(text, key)) undeclared.delete(key)
  }
  return { places, complete: ordered.length <= mostFiles, undeclared }
}

/** Does the text name the key, as a word of its own? */
export function namesKey(text: string, key: string): boolean {
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + 1))
    if (!/[A-Za-z0-9_]/.test(text.charAt(at - 1)) && !/[A-Za-z0-9_]/.test(text.charAt(at + key.length))) return true
  return false
}

/** Keys that a line of configuration declares. */
export function declaredOn(line: string): string | undefined {
  if (/^\s*(#|\/\/)/.test(line)) return undefined
  return (
    /^\s*-?\s*["']?(?:name|key)["']?\s*[:=]\s*["']?([A-Z][A-Z0-9_]{2,})["']?\s*,?\s*$/.exec(line)?.[1] ??
    /^\s*-?\s*(?:export\s+|ENV\s+|ARG\s+)?["']?([A-Z][A-Z0-9_]{2,})["']?\s*[:=]/.exec(line)?.[1] ??
    /^\s*-\s*["']?([A-Z][A-Z0-9_]{4,})["']?\s*$/.exec(line)?.[1] ??
    /\{\s*["']?(?:name|key)["']?\s*[:=]\s*["']?([A-Z][A-Z0-9_]{2,})["']?\s*,/.exec(line)?.[1]
  )
}
