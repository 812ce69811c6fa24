import type { Source } from '../../../artifact/types.ts'
import type { Engine } from '../../../config/types.ts'
import { type Span, spanOf } from '../../../text/lines.ts'
import type { Program, Step } from '../operation.ts'
import { allowsDbms, inProduction } from './liquibase-filters.ts'
import { markAssured } from './sql-assured.ts'

type ReadStatements = (text: string, spanFor: (start: number, end: number) => Span) => Promise<readonly Step[]>

/** A change set of formatted SQL: what stands on its line, and where its statements are. */
interface SqlChangeSet {
  /** `author:id` */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly start: number
  readonly end: number
  readonly line: Span
}

const heading = /^[ \t]*--[ \t]*changeset[ \t]+(.*)$/gim

/** Reads `--liquibase formatted sql`: each change set is a transaction of its own. The way back stands in comments. */
export async function readFormattedSql(source: Source, engine: Engine, read: ReadStatements): Promise<Program> {
  const steps: Step[] = []
  const sets = formattedChangeSets(source)
  for (const { attributes, start, end, line } of sets) {
    const of = (name: string): string => attributes.get(name) ?? ''
    if (!allowsDbms(of('dbms'), engine) || !inProduction(of('context') || of('contextfilter'))) continue
    if (of('ignore') === 'true') continue
    const place = { span: line, text: '' }
    steps.push({ kind: 'boundary', ...place })
    if (!/^false$/i.test(of('runintransaction')) && engine === 'postgres')
      steps.push({ kind: 'begin', runner: true, ...place })
    steps.push(
      ...(await read(source.text.slice(start, end), (from, to) => spanOf(source.lines, from + start, to + start))),
    )
  }
  const reversible = sets.every(({ start, end }) =>
    /^[ \t]*--[ \t]*rollback\b|\/\*[ \t]*liquibase rollback\b/im.test(source.text.slice(start, end)),
  )
  return {
    framework: 'liquibase',
    engine,
    transaction: 'each',
    up: markAssured(steps, source.lines),
    ...(reversible ? { down: [] } : {}),
  }
}

export const isFormattedSql = (text: string): boolean => /^\s*--\s*liquibase formatted sql/im.test(text)

/** The change sets of a file, in their order. */
export function formattedChangeSets({ text, lines }: Source): readonly SqlChangeSet[] {
  const headings = [...text.matchAll(heading)]
  return headings.map((match, index) => {
    const start = match.index + match[0].length
    return {
      name: /^\S+/.exec(match[1] ?? '')?.[0] ?? '',
      attributes: attributesOf(match[1] ?? ''),
      start,
      end: headings[index + 1]?.index ?? text.length,
      line: spanOf(lines, match.index, start),
    }
  })
}

/** `author:id runInTransaction:false context:"a and b"`; names in lower case. */
function attributesOf(line: string): ReadonlyMap<string, string> {
  const [, ...pairs] = [...line.matchAll(/([\w.-]+):("[^"]*"|\S*)/g)]
  return new Map(pairs.map(([, name = '', value = '']) => [name.toLowerCase(), value.replace(/^"|"$/g, '')]))
}
