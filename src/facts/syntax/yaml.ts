import { sourceOf } from '../../artifact/source.ts'
import type { Source } from '../../artifact/types.ts'
import { type YamlFile, yamlOf } from '../../artifact/yaml.ts'
import { lineSpan, lineText, offsetAt, positionAt } from '../../text/lines.ts'
import type { Problem } from './problem.ts'
import { hasTemplateToken, isTemplated, maskTemplate } from './template.ts'
import { explain, tolerated, type Where } from './yaml-errors.ts'
import { duplicateKeys } from './yaml-keys.ts'
import { strictProblems } from './yaml-strict.ts'

export interface YamlProblems {
  /** What keeps a document from being read: the first mistake of each document. */
  readonly broken: readonly Problem[]
  readonly duplicates: readonly Problem[]
  /** The text was too large to look at. */
  readonly tooLarge: boolean
}

/** All that is wrong with a YAML text. `added` tells which lines the change added, to point at the right one. */
export async function yamlProblems(
  source: Source,
  strictKeys: boolean,
  added: (line: number) => boolean,
): Promise<YamlProblems> {
  const raw = await read(source, strictKeys, added)
  if (raw.broken.length === 0 || !isTemplated(source.text)) return raw
  // A template: only mistakes that are there with and without its tags, on lines without any.
  const masked = await read(sourceOf(source.path, source.side, maskTemplate(source.text)), strictKeys, added)
  const lines = new Set(raw.allLines)
  const plain = (problem: Problem) =>
    lines.has(problem.span.line) && !hasTemplateToken(lineText(source.lines, problem.span.line))
  return { broken: masked.broken.filter(plain), duplicates: [], tooLarge: masked.tooLarge }
}

const branches = /^\s*(?:#.*)?(?:\{\{-?\s*(?:if|else|range|with|end)\b|<%[^=]|\{%)/m

/** Most errors of one document that are looked at: one stray quote can give hundreds. */
const mostErrors = 50

interface Reading extends YamlProblems {
  /** Every line that some error names. */
  readonly allLines: readonly number[]
}

const tooLarge: Reading = { broken: [], duplicates: [], tooLarge: true, allLines: [] }

async function read(source: Source, strictKeys: boolean, added: (line: number) => boolean): Promise<Reading> {
  const file = await yamlOf(source)
  if (file.streamErrors.some(({ code }) => code === 'TOO_LARGE')) return tooLarge
  const misread = file.documents.some(({ errors }) =>
    errors.some(({ message }) => /^(Missing closing |Flow )/.test(message)),
  )
  const joined = misread ? (await import('./yaml-joined.ts')).joinLines(source.text) : undefined
  const reading = await readFile(source, file, { lines: source.lines, added }, strictKeys)
  if (joined === undefined) return reading
  // Offsets and lines stay those of the file as it is.
  const lines = { text: joined, starts: source.lines.starts }
  const second = await readFile(
    source,
    await yamlOf(sourceOf(source.path, source.side, joined)),
    { lines, added },
    strictKeys,
  )
  return second.broken.length < reading.broken.length ? second : reading
}

async function readFile(source: Source, file: YamlFile, where: Where, strictKeys: boolean): Promise<Reading> {
  const { documents, streamErrors } = file
  const { lines } = where
  if (documents.some(({ errors }) => errors.some(({ message }) => /call stack/i.test(message))))
    throw new RangeError('nested too deeply')
  const strict = strictProblems(lines)
  const broken: Problem[] = []
  const allLines: number[] = []
  let at = 0
  for (const [index, document] of documents.entries()) {
    const end = index === documents.length - 1 ? lines.text.length + 1 : document.range[2]
    const errors = document.errors.filter(error => !tolerated(error)).slice(0, mostErrors)
    const own: Own[] = []
    for (let next = strict[at]; next !== undefined && next.offset < end; next = strict[++at]) own.push(next)
    const first = firstOf(errors, own, where)
    if (first) broken.push(first)
    for (const error of errors) allLines.push(positionAt(lines, error.pos[0]).line, explain(error, where).span.line)
    for (const { problem } of own) allLines.push(problem.span.line)
  }
  if (documents.length === 0) {
    const first = firstOf(
      streamErrors.filter(error => !tolerated(error)),
      strict,
      where,
    )
    if (first) broken.push(first)
  }
  if (broken.length === 0) broken.push(...(await carriageReturns(source)))
  // Both branches of a template's condition may set the same key.
  const wellFormed = broken.length === 0 && !branches.test(lines.text)
  const duplicates = wellFormed
    ? documents.flatMap(document => duplicateKeys(document, lines, strictKeys).slice(0, 20))
    : []
  return { broken, duplicates, tooLarge: false, allLines }
}

type Own = ReturnType<typeof strictProblems>[number]

/** The earliest mistake; on the same line our own reading, which knows what was meant. */
function firstOf(
  errors: readonly { code: string; message: string; pos: readonly [number, number] }[],
  own: readonly Own[],
  where: Where,
): Problem | undefined {
  const error = errors.reduce<(typeof errors)[number] | undefined>(
    (best, next) => (best === undefined || next.pos[0] < best.pos[0] ? next : best),
    undefined,
  )
  const mine = own[0]
  if (error === undefined) return mine?.problem
  if (mine === undefined) return explain(error, where)
  const line = positionAt(where.lines, error.pos[0]).line
  // Of a second colon the parser knows more.
  const better = mine.problem.problem !== 'unquoted-colon' || mine.problem.span.line < line
  return better && mine.problem.span.line <= line ? mine.problem : explain(error, where)
}

/** libyaml ends a line at a lone carriage return, the `yaml` package does not: such a text is read once more their way. */
async function carriageReturns(source: Source): Promise<readonly Problem[]> {
  const at = source.text.search(/\r(?!\n)/)
  if (at === -1) return []
  const { documents } = await yamlOf(sourceOf(source.path, source.side, source.text.replace(/\r(?!\n)/g, '\n')))
  if (documents.every(document => document.errors.every(tolerated))) return []
  const { line } = positionAt(source.lines, at)
  const text = lineText(source.lines, line)
  return [
    {
      problem: 'control-character',
      detail: 'a stray carriage return (^M) inside the line ends it early',
      span: lineSpan(source.lines, line),
      quickFix: text.replace(/\r/g, ''),
    },
  ]
}

/** Does the text read better with this line in place of the problem's? */
export async function isCured(source: Source, problem: Problem, line: string): Promise<boolean> {
  const start = offsetAt(source.lines, problem.span.line, 1)
  const old = lineText(source.lines, problem.span.line)
  const text = source.text.slice(0, start) + line + source.text.slice(start + old.length)
  const [before, after] = await Promise.all(
    [source, sourceOf(source.path, source.side, text)].map(one => read(one, true, () => false)),
  )
  return before !== undefined && after !== undefined && !after.tooLarge && count(after) < count(before)
}

function count({ broken, duplicates }: YamlProblems): number {
  return broken.length * 1000 + duplicates.length
}
