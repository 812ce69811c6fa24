import type { Entry } from './entry.ts'
import { parseDuration } from './natural.ts'
import type { Nodes } from './nodes.ts'
import { entryAt, present } from './settings.ts'

const environments = new Set([
  'production',
  'staging',
  'development',
  'test',
  'default',
  'shared',
  'all',
  'qa',
  'review',
  'preview',
  'sandbox',
  'demo',
  'preprod',
  'uat',
])
const wrappers = new Set([
  'schedule',
  'scheduler',
  'cron',
  'recurring',
  'recurring_tasks',
  'crons',
  'jobs',
  'cron_jobs',
])

/** Jobs of sidekiq-cron, sidekiq-scheduler, good_job, solid_queue and resque-scheduler: maps or lists, under environments or wrapper keys. */
export function railsEntries(nodes: Nodes, path: string): Entry[] {
  const root = nodes.document.contents
  // sidekiq.yml holds much else; only its schedule is one.
  const settingsFile =
    /(^|\/)(sidekiq|good_job)([-_.][a-z_]+)?\.ya?ml$/.test(path) && !/(^|\/)sidekiq[-_](cron|schedule)/.test(path)
  return jobsIn(nodes, root, undefined, !settingsFile, 0)
}

function jobsIn(nodes: Nodes, node: unknown, environment: string | undefined, open: boolean, depth: number): Entry[] {
  if (depth > 4) return []
  const listed = nodes
    .list(node)
    .flatMap((item, index) =>
      open
        ? jobEntry(
            nodes,
            item,
            nodes.text(nodes.get(item, 'name')) || nodes.text(nodes.get(item, 'class')) || `#${index + 1}`,
            environment,
          )
        : [],
    )
  const mapped = nodes.pairs(node).flatMap(pair => {
    const key = pair.key
    if (environments.has(key) && nodes.map(pair.value) && !isJob(nodes, pair.value))
      return jobsIn(nodes, pair.value, key, open, depth + 1)
    if (wrappers.has(key) && (nodes.map(pair.value) || nodes.list(pair.value).length > 0) && !isJob(nodes, pair.value))
      return jobsIn(nodes, pair.value, environment, true, depth + 1)
    return open ? jobEntry(nodes, pair.value, key, environment) : []
  })
  return [...listed, ...mapped]
}

const expressionKeys = ['cron', 'schedule', 'every']

function isJob(nodes: Nodes, node: unknown): boolean {
  return ['class', 'command', 'queue', 'cron', 'job'].some(
    key => nodes.get(node, key) !== undefined && !nodes.map(nodes.get(node, key)),
  )
}

function jobEntry(nodes: Nodes, node: unknown, name: string, environment: string | undefined): Entry[] {
  return expressionKeys.flatMap(key => {
    const value = nodes.get(node, key)
    const scalars =
      nodes.list(value).length > 0 ? (key === 'every' ? nodes.list(value).slice(0, 1) : nodes.list(value)) : [value]
    return present(
      scalars.map(scalar => {
        const text = nodes.text(scalar)
        const seconds = key === 'every' ? parseDuration(text) : undefined
        return entryAt(nodes, scalar, {
          id: `${environment ?? ''}/${name}`,
          name,
          dialect: 'fugit',
          around: node,
          zone: nodes.get(node, 'timezone') ?? nodes.get(node, 'tz'),
          command: `${name} ${nodes.text(nodes.get(node, 'class'))} ${nodes.text(nodes.get(node, 'command'))}`,
          suspended: ['disabled', 'false'].includes(
            nodes.text(nodes.get(node, 'status')) || nodes.text(nodes.get(node, 'enabled')),
          ),
          // `every: 30s` is an interval; another text may be one that only the scheduler reads.
          untimed: key === 'every' && seconds === undefined,
          ...(environment === undefined ? {} : { environment }),
          ...(seconds === undefined ? {} : { everySeconds: seconds }),
        })
      }),
    )
  })
}
