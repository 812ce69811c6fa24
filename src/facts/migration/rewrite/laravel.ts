import type { Edit } from '../../../text/edit.ts'
import { inPlace, lineBefore, type Rewrite, type RewritePart } from '../../rewrite.ts'
import { laravelPlan } from './laravel-plan.ts'
import { type Spot, spotOf } from './laravel-spot.ts'
import { below, className, edit, inClass, instead, phpLiteral, without } from './php.ts'
import { rewritePhpSql, withLockTimeout } from './php-sql.ts'
import { type Host, isRepeated, placePlan, type Site, type Stage, textAt } from './plan.ts'
import { statementsIn } from './postgres-text.ts'
import { deeper } from './python.ts'

/** The safe way of a step in a Laravel migration. */
export async function rewriteLaravel(name: string, site: Site): Promise<Rewrite | undefined> {
  const { source, step, fact } = site
  const embedded = /^\s*(alter|create|drop|reindex|refresh|update|delete|truncate|vacuum|cluster)\s/i.test(
    textAt(source, step.span),
  )
  if (embedded) {
    const word = `${facade(site).name}::`
    return fact.engine === 'postgres' ? rewritePhpSql(name, site, withImport(site), sql => say(sql, word)) : undefined
  }
  if (isRepeated(site)) return undefined
  if (name === 'no-transaction') {
    const bare = bareEdits(site)
    return bare && inPlace('Switch the transaction off', 'php', source, bare)
  }
  const spot = await spotOf(site)
  if (spot === undefined) return undefined
  const on = (sql: string): string => say(sql, runnerOf(site, spot))
  if (name === 'lock-timeout') return withLockTimeout(site, on, facade(site).needs)
  const found = await laravelPlan(name, site, spot, on)
  if (found === undefined) return undefined
  const { plan, chain, behind } = found
  const { needs } = facade(site)
  const place = (text: string): readonly Edit[] | undefined => {
    if (chain === undefined) return replaced(site, spot, statementsIn(text).map(on), needs)
    const changed = edit(source, spot.chain.startIndex, spot.chain.endIndex, chain)
    return behind.length === 0 ? [changed] : [...needs, changed, below(source, spot.outer, behind)]
  }
  return placePlan(plan, site, { ...laravelHost(site, on), place })
}

/** The statements where the call on `$table` has been: behind the others of its closure, or in place of all. */
function replaced(
  { source }: Site,
  { outer, own, alone }: Spot,
  lines: readonly string[],
  needs: readonly Edit[],
): readonly Edit[] | undefined {
  if (alone) return [...needs, instead(source, outer, lines)]
  const gone = own && without(source, own)
  return gone && [...needs, gone, below(source, outer, lines)]
}

/** How the file calls the facade of the database, and the import that it lacks. */
function facade({ source }: Site): { readonly name: string; readonly needs: readonly Edit[] } {
  const full = 'Illuminate\\Support\\Facades\\DB'
  if (source.text.includes(`use ${full};`)) return { name: 'DB', needs: [] }
  const line = source.text.split('\n').findIndex(text => text.startsWith('use Illuminate\\Support\\Facades\\Schema;'))
  return line < 0 || /^use\s+.*\bDB;/m.test(source.text)
    ? { name: `\\${full}`, needs: [] }
    : { name: 'DB', needs: [lineBefore(source, line + 1, `use ${full};`)] }
}

function runnerOf(site: Site, { connection }: Spot): string {
  const { name } = facade(site)
  return connection === undefined ? `${name}::` : `${name}::connection(${connection})->`
}

/** PDO takes `?` and `:name` for marks, and knows nothing of dollar quotes: such a text is sent as it is. */
function say(sql: string, runner: string): string {
  const method = /[?$]|(?<!:):(?=[a-z])/i.test(sql) ? 'unprepared' : 'statement'
  return `${runner}${method}(${phpLiteral(sql)});`
}

function laravelHost(site: Site, on: (sql: string) => string): Host {
  return {
    language: 'php',
    bare: async () => bareEdits(site),
    fits: text => text,
    migration: stage => [migration(stage, site, on)],
  }
}

/** A file that runs SQL has the facade; where it takes it from the container, a further migration imports it. */
function withImport(site: Site): Host {
  return laravelHost(site, sql => say(sql, `${facade(site).name}::`))
}

function bareEdits({ program, source }: Site): readonly Edit[] | undefined {
  if (program.transaction === 'each') return []
  const own = /\$withinTransaction\s*=\s*true\b/.exec(source.text)
  if (own) return [edit(source, own.index, own.index + own[0].length, '$withinTransaction = false')]
  const added = inClass(source, ['public $withinTransaction = false;'])
  return added && [added]
}

function migration({ name, sql, code, bare }: Stage, site: Site, on: (sql: string) => string): RewritePart {
  const { source, program } = site
  const anonymous = /\breturn\s+new\s+(#\[[^\]]*\]\s*)?class\b/.test(source.text)
  const typed = /\bfunction\s+up\(\)\s*:\s*void/.test(source.text)
  const connection = /^[ \t]*(protected\s+\$connection\s*=\s*[^;]+;)/m.exec(source.text)?.[1]
  const body = code ?? sql.map(on)
  const uses = [
    'use Illuminate\\Database\\Migrations\\Migration;',
    ...(body.some(line => /\bBlueprint\b/.test(line)) ? ['use Illuminate\\Database\\Schema\\Blueprint;'] : []),
    ...(body.some(line => /^DB::/m.test(line)) ? ['use Illuminate\\Support\\Facades\\DB;'] : []),
    ...(body.some(line => /^Schema::/m.test(line)) ? ['use Illuminate\\Support\\Facades\\Schema;'] : []),
  ]
  const properties = [
    ...(connection === undefined ? [] : [connection]),
    ...(bare && program.transaction !== 'each' ? ['public $withinTransaction = false;'] : []),
  ]
  return {
    where: '',
    language: 'php',
    code: [
      '<?php',
      '',
      ...uses,
      '',
      anonymous ? 'return new class extends Migration' : `class ${className(name)} extends Migration`,
      '{',
      ...properties.map(line => `    ${line}`),
      ...(properties.length === 0 ? [] : ['']),
      `    public function up()${typed ? ': void' : ''}`,
      '    {',
      ...body.map(line => `        ${deeper(line, '        ')}`),
      '    }',
      anonymous ? '};' : '}',
    ].join('\n'),
  }
}
