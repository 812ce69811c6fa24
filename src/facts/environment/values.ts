import { classifyPath, environmentOf } from '../../artifact/classify.ts'
import { sourceOf } from '../../artifact/source.ts'
import { type Artifact, touches } from '../../artifact/types.ts'
import type { FactContext } from '../types.ts'
import { accountOf } from './accounts.ts'
import { credentialLine, lostCredentials } from './credentials.ts'
import { dotenvArtifacts, isDotenv } from './dotenv.ts'
import { factOf, shown } from './fact.ts'
import type { EnvironmentFact } from './index.ts'
import { isMalformed } from './malformed.ts'
import { isAddress, isPrivateIp, isResourceId, lowerIn, productionIn, siblingPaths } from './names.ts'
import { type Scalar, scalarsOf } from './scalars.ts'
import { someTouchedLine } from './touched.ts'

const readable: readonly string[] = ['yaml', 'json', 'jsonc', 'toml', 'hcl']
const longestText = 300_000
const environmentKey =
  /(^|[._-])(env|environment|stage|profile|(node|rails|rack|app|mix|flask|django|aspnetcore)_?env(ironment)?)$/i
/** Keys whose value belongs to one environment. */
const boundKey =
  /(^|[._-])(host|hosts|url|uri|endpoint|address|server|servers|namespace|cluster|database|db|db_?name|bucket|workspace|project|context|queue|topic|domain|upstream|origin|dsn|connection|role|network|vpc|vault|secret_?name|prefix)s?$/i
/** Words for an environment that mean nothing else. */
const strong = /^(staging|stg|qa|uat|sandbox|preprod|pre-prod|nonprod|non-prod|development|devel)$/
const placeholder =
  /^(change[-_ ]?me|replace[-_ ]?me|to[-_ ]?do|tbd|fix[-_ ]?me|x{4,}|your[-_ ][\w -]+|<[A-Za-z][\w -]+>|##\w+##|__\w+__|insert[-_ ][\w -]+|placeholder|dummy([-_ ]\w+)?)$/i

/** A changed line that can hold something of what is looked for in any file; most changes have none. */
const telling =
  /\d{12}|projects\/|subscriptions\/|gserviceaccount|[:=]\s*["']?(change[-_ ]?me|replace|to[-_ ]?do|tbd|fix[-_ ]?me|xxxx|your|##|__|<|insert|placeholder|dummy)|[:=]\s*['"]?[[{][^\]}]*$|=\s*[[{]|[:=]\s*["'][[{]|https?:[^/]|:\/[^/]/i
/** The same for a file that says which environment it belongs to. */
const tellingOfEnvironment =
  /stag|stg|dev|qa|uat|sandbox|prod|prd|test|local|integration|\bci\b|live|\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d|-[0-9a-f]{8}|amazonaws/i
const saysEnvironment =
  /^\s*["']?(production|prod|staging|development|dev|qa|uat|test)["']?\s*[:=]|\b(namespace|name)["']?\s*[:=]\s*["']?[\w-]*(prod|stag|dev|qa|uat|live)/m

/** Values of configuration files that the change sets to something of another environment, or to nothing real. */
export async function valueFacts(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<readonly EnvironmentFact[]> {
  const facts: EnvironmentFact[] = []
  for (const artifact of [...artifacts, ...(await dotenvArtifacts(context))]) {
    if (
      artifact.head === undefined ||
      !(readable.includes(artifact.language) || isDotenv(artifact.path)) ||
      artifact.head.text.length > longestText
    )
      continue
    // Pipelines name every environment by their nature, and dashboards are drawn for all of them.
    if (
      artifact.kind === 'github-workflow' ||
      /(^|\/)(dashboards?|i18n|locales?)\/|package\.json$|tsconfig/.test(artifact.path)
    )
      continue
    const isOfOne = artifact.environment !== 'unknown' || saysEnvironment.test(artifact.head.text)
    const isTold =
      someTouchedLine(artifact, 'head', telling) || (isOfOne && someTouchedLine(artifact, 'head', tellingOfEnvironment))
    const loses = someTouchedLine(artifact, 'base', credentialLine)
    if (!isTold && !loses) continue
    const head = await scalarsOf(artifact.head, artifact.language)
    const base = artifact.base === undefined ? [] : await scalarsOf(artifact.base, artifact.language)
    if (head === undefined || base === undefined) continue
    facts.push(...(await compare(context, artifact, base, head)), ...lostCredentials(artifact, base, head))
  }
  return facts
}

async function compare(
  context: FactContext,
  artifact: Artifact,
  base: readonly Scalar[],
  head: readonly Scalar[],
): Promise<readonly EnvironmentFact[]> {
  const before = new Map(base.map(scalar => [scalar.path, scalar.text]))
  const known = new Set(base.map(scalar => `${scalar.environment}\n${scalar.text}`))
  const lookup = lowerLookup(context, artifact, base)
  const facts = new Map<string, EnvironmentFact>()
  for (const scalar of head) {
    if (
      !touches(artifact, 'head', scalar.span) ||
      known.has(`${scalar.environment}\n${scalar.text}`) ||
      scalar.text === 'true' ||
      scalar.text === 'false'
    )
      continue
    const baseValue = before.get(scalar.path) ?? ''
    if (baseValue === scalar.text) continue
    const fact =
      (await accountOf(context, artifact, scalar, baseValue)) ??
      (await otherOf(artifact, scalar, baseValue, lookup)) ??
      placeholderOf(artifact, scalar, baseValue) ??
      malformedOf(artifact, scalar, baseValue)
    // Of a list of addresses the first is enough.
    const key = `${scalar.parent}\n${fact?.what}\n${fact?.other}`
    if (fact && !facts.has(key)) facts.set(key, fact)
  }
  return [...facts.values()]
}

type Lookup = (value: string) => Promise<string>

async function otherOf(
  artifact: Artifact,
  scalar: Scalar,
  baseValue: string,
  lookup: Lookup,
): Promise<EnvironmentFact | undefined> {
  const own = ownOf(artifact, scalar)
  const { text, path } = scalar
  if (own === 'unknown' || text.length > 400) return undefined
  const address = isAddress(text)
  const isName = environmentKey.test(scalar.key)
  // A reference to something of the repository or of the same change says what it is by itself.
  if (/^\.{0,2}\//.test(text) && !/^\.\.?\//.test(text)) return undefined
  const [low, high] = [lowerIn(text), productionIn(text)]
  const baseNamed = lowerIn(baseValue) || productionIn(baseValue)
  const given = {
    path: artifact.path,
    side: 'head',
    span: scalar.span,
    key: path,
    value: shown(text, scalar.key),
    baseValue: shown(baseValue, scalar.key),
    own,
    address,
    baseNamed,
  } as const
  if (own === 'production') {
    // `production/reports-dev/…`: what belongs to another environment is deployed from here, and says so.
    const namesIt = low !== '' && lowerIn(artifact.path) === low
    if (low !== '' && high === '' && !namesIt && lowerIn(scalar.key) === '' && lowerIn(baseValue) === '') {
      const isBound = strong.test(low) && (boundKey.test(scalar.key) || /^\.\.\//.test(text))
      const bound = address || isName || isBound || productionIn(baseValue) !== ''
      if (!bound || /^(registry|image|tag|version|description|comment|summary|message|title)$/i.test(scalar.key))
        return undefined
      return factOf({ ...given, what: 'value', other: low, foundIn: await lookup(text) })
    }
    if ((isPrivateIp(text) && isPrivateIp(baseValue)) || isResourceId(text)) {
      const foundIn = await lookup(text)
      return foundIn === ''
        ? undefined
        : factOf({ ...given, what: 'value', other: lowerIn(foundIn) || 'another environment', foundIn })
    }
    return undefined
  }
  // A lower environment that is pointed at production works on real data.
  if (high === '' || low !== '' || lowerIn(baseValue) === '' || productionIn(scalar.key) !== '') return undefined
  return address || isName ? factOf({ ...given, what: 'value', other: high }) : undefined
}

function ownOf(artifact: Artifact, scalar: Scalar): Artifact['environment'] {
  return scalar.environment === 'unknown' ? artifact.environment : scalar.environment
}

function placeholderOf(artifact: Artifact, scalar: Scalar, baseValue: string): EnvironmentFact | undefined {
  const own = ownOf(artifact, scalar)
  if (own === 'lower' || !placeholder.test(scalar.text) || placeholder.test(baseValue)) return undefined
  if (own === 'unknown' && baseValue === '') return undefined
  return factOf({
    what: 'placeholder',
    path: artifact.path,
    side: 'head',
    span: scalar.span,
    key: scalar.path,
    value: scalar.text,
    baseValue: shown(baseValue, scalar.key),
    own,
  })
}

function malformedOf(artifact: Artifact, scalar: Scalar, baseValue: string): EnvironmentFact | undefined {
  const own = ownOf(artifact, scalar)
  if (own === 'lower' || !isMalformed(scalar.text, baseValue)) return undefined
  return factOf({
    what: 'malformed',
    path: artifact.path,
    side: 'head',
    span: scalar.span,
    key: scalar.path,
    value: shown(scalar.text, scalar.key),
    baseValue: shown(baseValue, scalar.key),
    own,
  })
}

/** Finds a value in the files of lower environments that stand where this one stands. */
function lowerLookup({ change }: FactContext, artifact: Artifact, base: readonly Scalar[]): Lookup {
  const inside = new Set(base.filter(({ environment }) => environment === 'lower').map(({ text }) => text))
  let loaded: Promise<readonly { readonly path: string; readonly texts: ReadonlySet<string> }[]> | undefined
  const load = async () => {
    const paths = await change.trees.head.list()
    const siblings = siblingPaths(artifact.path, paths, 'production').filter(path => environmentOf(path) === 'lower')
    const found: { path: string; texts: ReadonlySet<string> }[] = []
    for (const path of siblings.slice(0, 10)) {
      const text = await change.trees.base.read(path)
      const by = classifyPath(path)
      if (text === undefined || (by === undefined && !isDotenv(path))) continue
      const scalars = (await scalarsOf(sourceOf(path, 'base', text), by?.language ?? 'text')) ?? []
      found.push({ path, texts: new Set(scalars.map(scalar => scalar.text)) })
    }
    return found
  }
  return async value => {
    if (inside.has(value)) return artifact.path
    loaded ??= load()
    return (await loaded).find(({ texts }) => texts.has(value))?.path ?? ''
  }
}
