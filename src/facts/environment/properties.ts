import { environmentOf, roleOf } from '../../artifact/classify.ts'
import { sourceOf } from '../../artifact/source.ts'
import { textOf } from '../../change/content.ts'
import type { ChangedFile } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import { indexLines, positionAt } from '../../text/lines.ts'
import { escapePattern } from '../../text/pattern.ts'
import type { FactContext } from '../types.ts'
import { columns, factOf } from './fact.ts'
import type { EnvironmentFact } from './index.ts'
import { namesKey, placeOf } from './places.ts'
import { scalarsOf } from './scalars.ts'
import { isTouched } from './touched.ts'

/** Most files of code, and of configuration, that are read. */
const mostFiles = 400

/** Where the code of a framework needs a setting, and which files give it. */
interface Framework {
  readonly code: RegExp
  readonly settings: RegExp
  /** Keys that the code fails without, as paths with dots. */
  readonly needs: (text: string) => readonly { readonly key: string; readonly index: number }[]
  /** How a variable of the environment writes the key. */
  readonly variables: (key: string) => readonly string[]
}

/** `@Value("${mail.relay-host}")` without a default; Kotlin writes a backslash before the dollar. */
const injected = /@(?:param:|field:)?Value\(\s*(?:value\s*=\s*)?"\\?\$\{([a-z][\w.-]*)\}"/g
/** `GetConnectionString("Shop") ?? throw`, `Configuration["Mail:Host"] ?? throw`. */
const connection = /\bGetConnectionString\(\s*"(\w+)"\s*\)\s*\?\?\s*throw\b/g
const indexed = /\b[cC]onfig(?:uration)?\[\s*"([A-Za-z][\w:]*)"\s*\]\s*\?\?\s*throw\b/g

const frameworks: readonly Framework[] = [
  {
    code: /\.(java|kt)$/,
    settings: /(^|\/)(application|bootstrap)[\w-]*\.(ya?ml|properties)$/,
    needs: text => [...text.matchAll(injected)].map(({ 1: key = '', index }) => ({ key, index })),
    variables: key => [key.replace(/[.-]/g, '_'), key.replace(/-/g, '').replace(/\./g, '_')].map(upper),
  },
  {
    code: /\.cs$/,
    settings: /(^|\/)appsettings[\w.-]*\.json$/,
    needs: text => [
      ...[...text.matchAll(connection)].map(({ 1: name = '', index }) => ({ key: `ConnectionStrings.${name}`, index })),
      ...[...text.matchAll(indexed)].map(({ 1: key = '', index }) => ({ key: key.replaceAll(':', '.'), index })),
    ],
    variables: key => [key.replaceAll('.', '__'), upper(key.replaceAll('.', '__'))],
  },
]

function upper(text: string): string {
  return text.toUpperCase()
}

interface Needed {
  readonly key: string
  readonly file: ChangedFile
  readonly line: number
  readonly column: number
}

/**
 * Settings of a Spring or .NET application that the change makes its code need and that no settings of production give: it
 * does not start. Source: https://docs.spring.io/spring-framework/reference/core/beans/annotation-config/value-annotations.html
 */
export async function propertyFacts(context: FactContext): Promise<readonly EnvironmentFact[]> {
  const facts: EnvironmentFact[] = []
  for (const framework of frameworks) facts.push(...(await missingIn(framework, context)))
  return facts
}

async function missingIn(framework: Framework, { change, config }: FactContext): Promise<readonly EnvironmentFact[]> {
  const ignored = globs(config.ignore)
  const needed: Needed[] = []
  for (const file of change.files) {
    if (!framework.code.test(file.path) || ignored(file.path) || roleOf(file.path) !== 'live') continue
    const head = await textOf(file, 'head')
    const found = head === undefined ? [] : framework.needs(head)
    if (head === undefined || found.length === 0) continue
    const base = (await textOf(file, 'base')) ?? ''
    const [hunks, lines] = [await file.hunks(), indexLines(head)]
    const before = new Set(framework.needs(base).map(({ key }) => key))
    for (const { key, index } of found) {
      const { line, column } = positionAt(lines, index)
      if (isTouched(hunks, line) && !before.has(key)) needed.push({ key, file, line, column })
    }
  }
  if (needed.length === 0) return []
  const tree = change.trees.head
  const paths = await tree.list()
  const settings = await settingsIn(framework, paths, path => tree.read(path))
  if (settings.length === 0) return []
  const known = await neededIn(framework, await change.trees.base.list(), path => change.trees.base.read(path))
  const others = [...known].filter(key => needed.every(one => one.key !== key))
  const production = settings.filter(one => !one.lower)
  const isDeclared = (key: string) => production.some(({ keys }) => keys.has(plain(key)))
  const coverage = others.length === 0 ? 0 : others.filter(isDeclared).length / others.length
  const missing = needed.filter(({ key }) => !known.has(key) && !isDeclared(key))
  const elsewhere = await namedElsewhere(framework, missing, paths, path => tree.read(path))
  return missing
    .filter(({ key }) => !elsewhere.has(key))
    .map(({ key, file, line, column }) =>
      factOf({
        what: 'missing',
        path: file.path,
        side: 'head',
        span: columns(line, column, key.length + 10),
        key,
        required: true,
        coverage,
        declaredIn: settings.find(({ lower, keys }) => lower && keys.has(plain(key)))?.path ?? '',
        placesOfProduction: production.map(({ path }) => path).slice(0, 5),
      }),
    )
}

/** Spring takes `relay-host`, `relayHost` and `relay_host` for one name. */
function plain(key: string): string {
  return key.replace(/[-_]/g, '').toLowerCase()
}

interface Settings {
  readonly path: string
  readonly lower: boolean
  readonly keys: ReadonlySet<string>
}

type Read = (path: string) => Promise<string | undefined>

async function settingsIn(framework: Framework, paths: readonly string[], read: Read): Promise<readonly Settings[]> {
  const found: Settings[] = []
  for (const path of paths
    .filter(path => framework.settings.test(path) && roleOf(path) === 'live')
    .slice(0, mostFiles)) {
    const text = await read(path)
    if (text === undefined) continue
    const scalars = path.endsWith('.properties')
      ? []
      : ((await scalarsOf(sourceOf(path, 'head', text), path.endsWith('.json') ? 'jsonc' : 'yaml')) ?? [])
    const written = path.endsWith('.properties')
      ? [...text.matchAll(/^\s*([\w.-]+)\s*[=:]/gm)].map(match => match[1] ?? '')
      : scalars.map(scalar => scalar.path)
    found.push({ path, lower: isLower(path), keys: new Set(written.map(plain)) })
  }
  return found
}

/** `application-dev.yml`, `appsettings.Development.json`: the profile is the last part of the name. */
function isLower(path: string): boolean {
  const profile = /[-.](\w+)\.\w+$/.exec(path)?.[1] ?? ''
  return environmentOf(path) === 'lower' || /^(local|default|docker|it|h2|development|dev)$/i.test(profile)
}

async function neededIn(framework: Framework, paths: readonly string[], read: Read): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const path of paths.filter(path => framework.code.test(path) && roleOf(path) === 'live').slice(0, mostFiles)) {
    const text = await read(path)
    if (text !== undefined) for (const { key } of framework.needs(text)) found.add(key)
  }
  return found
}

/** Keys that some other configuration names: as a variable of the environment, or by the last part of their name. */
async function namedElsewhere(
  framework: Framework,
  missing: readonly Needed[],
  paths: readonly string[],
  read: Read,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  if (missing.length === 0) return found
  for (const path of paths.filter(path => placeOf(path) !== undefined && !isLower(path)).slice(0, mostFiles)) {
    const text = await read(path)
    if (text === undefined) continue
    for (const { key } of missing) {
      const last = escapePattern(key.split('.').at(-1) ?? key)
      if (
        framework.variables(key).some(one => namesKey(text, one)) ||
        new RegExp(`(^|[\\s"'.])${last}["']?\\s*[:=]`, 'm').test(text)
      )
        found.add(key)
    }
  }
  return found
}
