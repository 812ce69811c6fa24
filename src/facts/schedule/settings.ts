import type { DialectName } from './dialects.ts'
import { type Entry, isTemplate } from './entry.ts'
import { type Nodes, offset } from './nodes.ts'

/** What is known of an entry beside its expression. */
export interface Settings {
  readonly id: string
  readonly name: string
  readonly dialect: DialectName
  /** The node around the expression whose changes belong to the entry. */
  readonly around: unknown
  readonly zone?: unknown
  readonly command?: string
  readonly suspended?: boolean
  readonly concurrency?: string
  readonly environment?: string
  readonly everySeconds?: number
  /** A text nobody here can time. */
  readonly untimed?: boolean
}

/** An entry for a scalar that holds an expression; undefined for anything else. */
export function entryAt(nodes: Nodes, node: unknown, settings: Settings): Entry | undefined {
  const scalar = nodes.scalar(node)
  if (!scalar) return undefined
  const zone = nodes.scalar(settings.zone)
  return {
    id: settings.id,
    name: settings.name,
    expression: scalar.text,
    dialect: settings.dialect,
    start: scalar.start,
    end: scalar.end,
    from: offset(settings.around, 0),
    to: Math.max(offset(settings.around, 1), scalar.end),
    ...(isTemplate(scalar.text) || settings.untimed ? { unknown: true } : {}),
    command: settings.command ?? '',
    suspended: settings.suspended ?? false,
    concurrency: settings.concurrency ?? '',
    ...(zone && zone.text !== '' && !isTemplate(zone.text)
      ? { zone: { name: zone.text, start: zone.start, end: zone.end } }
      : {}),
    ...(settings.environment === undefined ? {} : { environment: settings.environment }),
    ...(settings.everySeconds === undefined ? {} : { everySeconds: settings.everySeconds }),
  }
}

export function present<T>(items: readonly (T | undefined)[]): T[] {
  return items.filter(item => item !== undefined)
}
