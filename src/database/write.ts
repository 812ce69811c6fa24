import type { TableStatistics } from '../config/types.ts'
import type { Statistics } from './types.ts'

/** The statistics as the text of `.premortem/tables.yml`: one line for each table, sorted, so that a diff shows what has grown. */
export function tablesFile({ server, tables, rates }: Statistics, now: Date): string {
  const words = rates === '' ? '' : `; reads and writes per second: ${rates}`
  const timeout = server.lockTimeoutMs === undefined ? '' : `, lockTimeoutMs: ${server.lockTimeoutMs}`
  const names = Object.keys(tables).sort()
  return [
    `# Written by \`premortem stats\` on ${now.toISOString().slice(0, 10)}${words}.`,
    `server: { engine: ${server.engine}, version: ${JSON.stringify(server.version)}${timeout} }`,
    names.length === 0 ? 'tables: {}' : 'tables:',
    ...names.map(name => `  ${key(name)}: ${line(tables[name] ?? {})}`),
    '',
  ].join('\n')
}

/** Names that YAML takes for something else, such as `on` or `null`, are quoted. */
function key(name: string): string {
  const plain = /^[A-Za-z_][\w.]*$/.test(name) && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(name)
  return plain ? name : JSON.stringify(name)
}

function line(statistics: TableStatistics): string {
  const figures = Object.entries(statistics).map(([name, value]) => `${name}: ${value}`)
  return figures.length === 0 ? '{}' : `{ ${figures.join(', ')} }`
}
