import { readFileSync } from 'node:fs'
import type { Alter } from './alter-list.ts'
import type { AlterSeen } from './alter-observe.ts'
import type { AlterServer } from './alter-setup.ts'

/** What servers showed for one alteration. */
export interface AlterRow extends AlterSeen {
  readonly alter: Alter
  readonly servers: readonly AlterServer[]
  /** `t` has a VIRTUAL column. */
  readonly virtual: boolean
}

interface Line extends Omit<AlterSeen, 'best'> {
  readonly engine: 'mysql' | 'mariadb'
  readonly alter: string
  readonly table?: string
  readonly foreign_key_checks?: number
  readonly version?: string
  readonly versions?: readonly string[]
  readonly best?: string
  readonly best_algorithm?: string
}

function linesOf(file: string): readonly Line[] {
  return readFileSync(new URL(`../../test/measured/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) satisfies Line)
}

function rowOf(line: Line, virtual: boolean): AlterRow {
  const { engine, alter: text, table = 't', version, versions = [], foreign_key_checks, best_algorithm, ...seen } = line
  // The first file marks the table and the setting in the statement.
  const [, mark = '', clause = ''] = /^(@\w+ |#fk0 )?(.*)$/.exec(text) ?? []
  const best = seen.best ?? best_algorithm
  return {
    ...seen,
    ...(best === undefined ? {} : { best }),
    alter: {
      table: mark.startsWith('@') ? mark.slice(1).trim() : table,
      clause,
      keyChecks: mark !== '#fk0 ' && foreign_key_checks !== 0,
    },
    servers: (version === undefined ? versions : [version]).map(item => ({ engine, version: item })),
    virtual,
  }
}

/** The rows of all measured files, in which servers answered for themselves. */
export function alterRowsMeasured(): readonly AlterRow[] {
  return [
    ...linesOf('mariadb.jsonl').map(line => rowOf(line, true)),
    ...['mariadb-alters.jsonl', 'mysql-versions.jsonl'].flatMap(file => linesOf(file).map(line => rowOf(line, false))),
  ]
}
