import { isMap, isScalar } from 'yaml'
import type { Artifact, Source } from '../../artifact/types.ts'
import { yamlOf } from '../../artifact/yaml.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import { lineAt, type Problem } from './problem.ts'
import type { Reader } from './readers.ts'

/** Readers that take the first document of a file and never look at a second one. Measured: `YAML.load`, `Unmarshal`. */
const firstOnly: readonly Reader['name'][] = ['rails', 'helm', 'tool']
/** Files of several documents: objects of Kubernetes, and GitLab's header with the inputs of a component. */
const ofSeveral = /^(apiVersion|kind|spec|AWSTemplateFormatVersion)$/

const separator = /^---(\s|$)/gm

interface Part {
  readonly keys: readonly string[]
  readonly start: number
}

/** A `---` that the change adds in the middle of a file whose reader takes one document: what is below it is lost. */
export async function secondDocument(artifact: Artifact, head: Source, reader: Reader): Promise<Problem | undefined> {
  const { base, kind } = artifact
  if (base === undefined || kind === 'k8s' || kind === 'compose') return undefined
  if (count(head.text) <= count(base.text)) return undefined
  const [before, after] = [await partsOf(base), await partsOf(head)]
  const [only] = before
  const [, second] = after
  if (only === undefined || before.length !== 1 || second === undefined) return undefined
  if ([...before, ...after].some(({ keys }) => keys.some(key => ofSeveral.test(key)))) return undefined
  const torn = second.keys.filter(key => only.keys.includes(key))
  if (torn.length === 0 && !firstOnly.includes(reader.name)) return undefined
  let line = lineAt(head.lines, second.start)
  while (line > 1 && !/^---/.test(lineText(head.lines, line))) line--
  const [key = ''] = torn.length > 0 ? torn : second.keys
  const more = second.keys.length === 1 ? '' : ` and ${second.keys.length - 1} more`
  return {
    problem: 'second-document',
    detail: `\`---\` begins a second document here, so \`${key}\`${more} below it ${more === '' ? 'is' : 'are'} no longer part of the first`,
    span: lineSpan(head.lines, line),
    key,
    quickFix: '',
  }
}

function count(text: string): number {
  return text.match(separator)?.length ?? 0
}

/** The documents of a file that hold a map. */
async function partsOf(source: Source): Promise<readonly Part[]> {
  const { documents } = await yamlOf(source)
  return documents.flatMap(({ contents, errors }): readonly Part[] => {
    if (errors.length > 0 || !isMap(contents) || contents.range == null) return []
    const keys = contents.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []))
    return [{ keys, start: contents.range[0] }]
  })
}
