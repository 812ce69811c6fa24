import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Artifact } from '../../../../src/artifact/types.ts'
import type { Engine } from '../../../../src/config/types.ts'
import { type ReadSql, readJavascript } from '../../../../src/facts/migration/frontends/javascript.ts'
import { readPostgresStatements } from '../../../../src/facts/migration/frontends/postgres.ts'
import type { Operation, Program } from '../../../../src/facts/migration/operation.ts'

/** Postgres' own reader, with places in the JavaScript file. */
const sql: ReadSql = (text, place) =>
  readPostgresStatements(text, (start, end) => {
    const from = place(start)
    const to = place(Math.max(start, end - 1))
    return { line: from.line, column: from.column, endLine: to.endLine, endColumn: to.endColumn }
  })

/** Reads a whole file as the migration it is. */
export function read(
  text: string,
  path = 'migrations/20260101000000_example.ts',
  engine: Engine = 'postgres',
): Promise<Program> {
  const artifact: Artifact = {
    path,
    status: 'added',
    language: path.endsWith('.ts') ? 'typescript' : 'javascript',
    kind: 'javascript-migration',
    role: 'live',
    environment: 'unknown',
    hunks: [],
  }
  return readJavascript(sourceOf(path, 'head', text), artifact, sql, { engine })
}

export const operationsOf = (program: Program): readonly Operation[] =>
  program.up.flatMap(step => (step.kind === 'change' ? step.operations : []))

/** Short words for the steps of a program: `add-column users`, `begin`, `unreadable`. */
export const words = (program: Program): readonly string[] =>
  program.up.flatMap(step =>
    step.kind === 'change'
      ? step.operations.map(operation => `${operation.op}${'table' in operation ? ` ${operation.table}` : ''}`)
      : [step.kind],
  )

/** The texts of the file that the steps point at, first line only. */
export const places = (program: Program, text: string): readonly string[] =>
  program.up.map(({ span }) => {
    const line = text.split('\n')[span.line - 1] ?? ''
    return line.slice(span.column - 1, span.endLine === span.line ? span.endColumn - 1 : undefined)
  })
