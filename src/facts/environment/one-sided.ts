import { environmentOf, roleOf } from '../../artifact/classify.ts'
import { type Artifact, touches } from '../../artifact/types.ts'
import type { FactContext } from '../types.ts'
import { factOf, shown } from './fact.ts'
import type { EnvironmentFact } from './index.ts'
import { type Scalar, scalarsOf } from './scalars.ts'
import { someTouchedLine } from './touched.ts'

/** Values on which two programs have to agree: who signs and who checks, who sends and who receives. */
const agreed =
  /(hmac|signing|signature|encryption|jwt|shared|webhook|session)[-_.]?(key|secret|salt)([-_.]?(id|name|version))?$|(^|[-_.])(key[-_.]?id|kid|issuer|audience|client[-_.]?id|secret[-_.]?(name|id|arn)|queue([-_.]?(name|url))?|topic([-_.]?(name|arn))?|stream([-_.]?name)?|exchange|routing[-_.]?key|consumer[-_.]?group)$/i
/** A changed line that can hold such a value. */
const telling = /key|secret|salt|kid|issuer|audience|client|queue|topic|stream|exchange|group/i

const readable: readonly string[] = ['yaml', 'json', 'jsonc', 'toml', 'hcl']
const configuration = /\.(ya?ml|json|toml|tf|tfvars|hcl|env|properties|ini|conf)$|(^|\/)\.env[\w.-]*$/

/** Most files of the repository that are read in search of the other side. */
const mostFiles = 400

/** Values that have to be the same in several programs and that the change alters in one of them only. */
export async function oneSidedFacts(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<readonly EnvironmentFact[]> {
  const changed = await changedValues(artifacts)
  if (changed.length === 0) return []
  const { head } = context.change.trees
  const texts = new Map<string, string>()
  const paths = (await head.list()).filter(path => configuration.test(path) && roleOf(path) === 'live')
  for (const path of paths.slice(0, mostFiles)) {
    const text = await head.read(path)
    if (text !== undefined && changed.some(({ before }) => text.includes(before))) texts.set(path, text)
    else if (text !== undefined && changed.some(({ scalar }) => text.includes(scalar.text))) texts.set(path, text)
  }
  return changed.flatMap(({ artifact, scalar, before }) => {
    const others = [...texts].filter(([path]) => path !== artifact.path && isPeer(path, artifact.path))
    // Where the new value stands elsewhere as well, the other side has it already.
    if (others.some(([, text]) => holds(text, scalar.key, scalar.text))) return []
    if (holds(artifact.head?.text ?? '', scalar.key, before)) return []
    const readers = others.filter(([, text]) => holds(text, scalar.key, before)).map(([path]) => path)
    if (readers.length === 0) return []
    return [
      factOf({
        what: 'one-sided',
        path: artifact.path,
        side: 'head',
        span: scalar.span,
        key: scalar.key,
        value: shown(scalar.text, scalar.key),
        baseValue: shown(before, scalar.key),
        own: artifact.environment,
        readers: readers.slice(0, 5),
      }),
    ]
  })
}

interface ChangedValue {
  readonly artifact: Artifact
  readonly scalar: Scalar
  readonly before: string
}

async function changedValues(artifacts: readonly Artifact[]): Promise<readonly ChangedValue[]> {
  const found: ChangedValue[] = []
  for (const artifact of artifacts) {
    const { base, head } = artifact
    if (base === undefined || head === undefined || artifact.environment === 'lower') continue
    if (!readable.includes(artifact.language) || artifact.kind === 'github-workflow' || head.text.length > 300_000)
      continue
    if (!someTouchedLine(artifact, 'head', telling)) continue
    const [old, now] = [await scalarsOf(base, artifact.language), await scalarsOf(head, artifact.language)]
    if (old === undefined || now === undefined) continue
    const before = new Map(old.map(scalar => [scalar.path, scalar.text]))
    for (const scalar of now) {
      const text = before.get(scalar.path)
      if (text === undefined || text === scalar.text || !isTelling(text) || !isTelling(scalar.text)) continue
      if (agreed.test(scalar.key) && touches(artifact, 'head', scalar.span))
        found.push({ artifact, scalar, before: text })
    }
  }
  return found.slice(0, 30)
}

/** Long enough to be found by its text alone, and a value rather than a way to one. */
function isTelling(text: string): boolean {
  return (
    text.length >= 5 && text.length < 200 && !/\s|\$|\{\{|<%|^(var|local|module|data|aws_\w+|google_\w+)\./.test(text)
  )
}

/** Two programs of one environment: files of several environments change one after the other on purpose. */
function isPeer(path: string, own: string): boolean {
  return environmentOf(path) === environmentOf(own)
}

/** Does a key of the same name hold the value? */
function holds(text: string, key: string, value: string): boolean {
  const plain = key.toLowerCase().replace(/[-_.]/g, '')
  return text.split('\n').some(line => {
    const at = line.indexOf(value)
    if (at === -1 || /[\w-]/.test(line.charAt(at - 1)) || /[\w-]/.test(line.charAt(at + value.length))) return false
    return line
      .slice(0, at)
      .toLowerCase()
      .replace(/[-_.]/g, '')
      .includes(plain.replace(/(id|name|url|arn)$/, ''))
  })
}
