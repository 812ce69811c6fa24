import type { DialectName } from './dialects.ts'
import type { Entry } from './entry.ts'
import type { Nodes } from './nodes.ts'
import { entryAt } from './settings.ts'

/** A macro, or five or six fields. */
export const cronLike =
  /^\s*(@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)|([\d*][\d*,/-]*|H)(\s+[\d*?L][\w*,/\-#?]*){3,4}(\s+[\w*?][\w*,/\-#?]*))\s*$/

const scheduleKey =
  /^(cron|crons|rate|schedule|schedules|cron_?schedule|cron_?expression|cron_?spec|schedule_?expression|.+(Schedule|Cron|_schedule|_cron))$/i

/** Keys anywhere in a YAML tree whose value can only be a schedule: Helm values, and files named in `schedules:`. */
export function scalarEntries(
  nodes: Nodes,
  dialect: DialectName,
  any: boolean,
  root: unknown = nodes.document.contents,
  owner = '',
): Entry[] {
  const found: Entry[] = []
  const visit = (node: unknown, path: readonly string[], depth: number): void => {
    if (depth > 40 || nodes.yaml.isAlias(node)) return
    for (const pair of nodes.pairs(node)) {
      const at = [...path, pair.key]
      const list = nodes.list(pair.value)
      const scalars = scheduleKey.test(pair.key)
        ? (list.length > 0 ? list : [pair.value]).filter(item => accepts(nodes.text(item), any))
        : []
      for (const scalar of scalars) {
        const name =
          owner ||
          nodes.text(nodes.get(node, 'name')) ||
          nodes.text(nodes.get(node, 'path')) ||
          path.findLast(step => !/^(\d+|schedule|cronjob|triggers|crons)$/i.test(step)) ||
          pair.key
        const entry = entryAt(nodes, scalar, {
          id: [owner, ...at].join('.'),
          name,
          dialect: dialectAt(nodes.text(scalar), path, dialect, nodes.get(node, 'FlexibleTimeWindow') !== undefined),
          around: node,
          zone: nodes.get(node, 'timeZone') ?? nodes.get(node, 'timezone'),
          command: at.join(' '),
          suspended: nodes.text(nodes.get(node, 'suspend')) === 'true',
        })
        if (entry) found.push(entry)
      }
      if (scalars.length === 0) visit(pair.value, at, depth + 1)
    }
    nodes.list(node).forEach((item, index) => {
      visit(
        item,
        [...path, nodes.text(nodes.get(item, 'name')) || nodes.text(nodes.get(item, 'path')) || String(index)],
        depth + 1,
      )
    })
  }
  visit(root, [], 0)
  return found
}

function accepts(text: string, any: boolean): boolean {
  return any ? text !== '' : cronLike.test(text)
}

/** `cron(…)` and `rate(…)` are AWS's wherever they stand; charts that write a CronJob call its values so. */
function dialectAt(text: string, path: readonly string[], dialect: DialectName, window: boolean): DialectName {
  if (/^(cron|rate)\(.*\)$/.test(text.trim())) return window ? 'aws-scheduler' : 'aws'
  return dialect === 'unknown' && /^cron_?job$/i.test(path.at(-1) ?? '') ? 'kubernetes' : dialect
}
