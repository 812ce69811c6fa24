import type { Edit } from '../../../text/edit.ts'
import { lineCount, lineText } from '../../../text/lines.ts'
import { inPlace, lineBefore, type Rewrite, type RewritePart } from '../../rewrite.ts'
import { type Host, placePlan, type Site, type Stage, textAt } from './plan.ts'
import { postgresPlan } from './postgres.ts'
import { statementsIn } from './postgres-text.ts'
import { statementOf } from './statement.ts'

/** Migrations of Knex, Sequelize, TypeORM, node-pg-migrate and Kysely. */
export function javascriptHost(site: Site): Host {
  let number = 0n
  return {
    language: isTyped(site) ? 'ts' : 'js',
    ...(site.program.framework === 'typeorm' ? { bareNote: 'with `migrationsTransactionMode: "each"`' } : {}),
    bare: async () => bareEdits(site),
    fits: text => text,
    migration: stage => {
      number += 1n
      return [migration(stage, site, number)]
    },
  }
}

/** A call of the framework: its safe form is SQL in a migration of its own. */
export async function rewriteJavascript(name: string, site: Site): Promise<Rewrite | undefined> {
  const host = javascriptHost(site)
  if (name === 'lock-timeout') return (await import('./javascript-lock.ts')).withLockTimeout(site)
  if (name === 'no-transaction') {
    const bare = await host.bare('')
    return bare && inPlace('Switch the transaction off', host.language, site.source, bare)
  }
  const statement = statementOf(site.operation, textAt(site.source, site.step.span))
  if (statement === undefined) return undefined
  const clause = { statement, text: statement, index: 0, whole: true }
  const plan = await postgresPlan(name, site.operation, clause)
  if (plan === undefined) return undefined
  const { here, later } = plan
  const first = here && { name: plan.name, sql: statementsIn(here.text), bare: here.bare }
  return placePlan(
    { title: plan.title, name: plan.name, later: [...(first === undefined ? [] : [first]), ...later] },
    site,
    host,
  )
}

function isTyped({ source }: Site): boolean {
  return /\.[cm]?ts$/.test(source.path)
}

/** `import` and `export` instead of `require` and `exports`. */
function isModule(site: Site): boolean {
  return isTyped(site) || /^\s*(import\s|export\s)/m.test(site.source.text)
}

function firstLine({ source }: Site, pattern: RegExp): number | undefined {
  for (let line = 1; line <= lineCount(source.lines); line++)
    if (pattern.test(lineText(source.lines, line))) return line
  return undefined
}

/** A file without semicolons gets none. */
function semicolon({ source }: Site): string {
  return /;\s*$/m.test(source.text) ? ';' : ''
}

function bareEdits(site: Site): readonly Edit[] | undefined {
  const { program, source, step } = site
  if (program.transaction === 'each') return []
  const end = semicolon(site)
  switch (program.framework) {
    case 'knex': {
      const line = firstLine(site, /^\s*(export\s+(async\s+)?(function|const)\s+up\b|(module\.)?exports\.up\s*=)/)
      const config = isModule(site) ? 'export const config =' : 'exports.config ='
      return line === undefined ? undefined : [lineBefore(source, line, `${config} { transaction: false }${end}\n`)]
    }
    case 'typeorm': {
      const line = firstLine(site, /^\s*(export\s+)?(default\s+)?class\s.*\{\s*$/)
      return line === undefined ? undefined : [lineBefore(source, line + 1, `  transaction = false${end}\n`)]
    }
    case 'node-pg-migrate': {
      const text = lineText(source.lines, step.span.line)
      const indent = text.slice(0, text.length - text.trimStart().length)
      // The statement may begin on a line before the SQL in it.
      return /^\s*(await\s+)?pgm\./.test(text)
        ? [lineBefore(source, step.span.line, `${indent}pgm.noTransaction()${end}`)]
        : undefined
    }
    default:
      return undefined
  }
}

function migration({ name, sql, code, bare }: Stage, site: Site, number: bigint): RewritePart {
  const end = semicolon(site)
  const lines = code ?? sql.map(statement => call(statement, site.program.framework))
  const body = lines.map(line => line.replace(/\n(?=.)/g, '\n    '))
  const language = isTyped(site) ? 'ts' : 'js'
  const shape = shapes[site.program.framework]
  return {
    where: '',
    language: shape === undefined ? 'sql' : language,
    code:
      shape === undefined
        ? plainSql(sql, bare)
        : shape(body, bare, site, className(name) + stamp(site, number)).replace(/§/g, end),
  }
}

function plainSql(sql: readonly string[], bare: boolean): string {
  const code = sql.map(statement => `${statement};`).join('\n')
  return bare ? `-- outside of a transaction: by hand, or with another tool\n${code}` : code
}

function call(statement: string, framework: string): string {
  const quoted = `\`${statement.replace(/[\\`]|\$\{/g, '\\$&')}\``
  switch (framework) {
    case 'knex':
      return `await knex.raw(${quoted})§`
    case 'sequelize':
      return `await queryInterface.sequelize.query(${quoted})§`
    case 'node-pg-migrate':
      return `pgm.sql(${quoted})§`
    case 'kysely':
      return `await sql${quoted}.execute(db)§`
    default:
      return `await queryRunner.query(${quoted})§`
  }
}

type Shape = (body: readonly string[], bare: boolean, site: Site, name: string) => string

/** What a migration of each framework looks like; `§` stands for a semicolon, where the project has them. */
const shapes: Readonly<Record<string, Shape>> = {
  knex: (body, bare, site) => {
    const module = isModule(site)
    const parameter = isTyped(site) ? 'knex: Knex' : 'knex'
    return [
      ...(isTyped(site) ? ["import type { Knex } from 'knex'§", ''] : []),
      ...(bare ? [`${module ? 'export const config' : 'exports.config'} = { transaction: false }§`, ''] : []),
      `${module ? 'export async function up' : 'exports.up = async function '}(${parameter}) {`,
      ...body.map(line => `  ${line}`),
      module ? '}' : '}§',
      '',
      module ? 'export async function down() {}' : 'exports.down = async function () {}§',
    ].join('\n')
  },
  sequelize: (body, _bare, site) =>
    [
      isModule(site) ? 'export default {' : 'module.exports = {',
      '  async up(queryInterface) {',
      ...body.map(line => `    ${line}`),
      '  },',
      '  async down() {},',
      '}§',
    ].join('\n'),
  typeorm: (body, bare, site, name) => {
    const typed = isTyped(site)
    return [
      ...(typed ? ["import type { MigrationInterface, QueryRunner } from 'typeorm'§", ''] : []),
      `${isModule(site) ? 'export class' : 'module.exports = class'} ${name}${typed ? ' implements MigrationInterface' : ''} {`,
      ...(bare ? ['  transaction = false§', ''] : []),
      `  async up(queryRunner${typed ? ': QueryRunner): Promise<void>' : ')'} {`,
      ...body.map(line => `    ${line}`),
      '  }',
      '',
      `  async down()${typed ? ': Promise<void>' : ''} {}`,
      '}',
    ].join('\n')
  },
  'node-pg-migrate': (body, bare, site) =>
    [
      ...(isTyped(site) ? ["import type { MigrationBuilder } from 'node-pg-migrate'§", ''] : []),
      `${isModule(site) ? 'export const up' : 'exports.up'} = (${isTyped(site) ? 'pgm: MigrationBuilder' : 'pgm'}) => {`,
      ...(bare ? ['  pgm.noTransaction()§'] : []),
      ...body.map(line => `  ${line}`),
      '}§',
    ].join('\n'),
}

function className(name: string): string {
  return name
    .split(/[\W_]+/)
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}

/** TypeORM orders migrations by the time stamp at the end of their names. */
function stamp({ source }: Site, number: bigint): string {
  const own = /\bclass\s+\w*?(\d{13})\b/.exec(source.text)?.[1]
  return own === undefined ? '' : String(BigInt(own) + number)
}
