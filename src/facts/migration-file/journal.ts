import type { FactContext } from '../types.ts'
import { blank } from './blank.ts'
import type { MigrationFileFact } from './fields.ts'

interface Entry {
  readonly tag: string
  readonly when: number
}

/**
 * Drizzle's migrator runs what its journal lists, and of that only what is newer (by `when`) than the last entry that a
 * database has run.
 */
export async function journalFacts({ change }: FactContext): Promise<readonly MigrationFileFact[]> {
  const folders = new Set(
    change.files.flatMap(({ path }) => {
      const folder = /^(.*\/)?(?:meta\/_journal\.json|[^/]+\.sql)$/.exec(path)
      return folder === null ? [] : [folder[1] ?? '']
    }),
  )
  const facts: MigrationFileFact[] = []
  for (const folder of folders) {
    const journal = `${folder}meta/_journal.json`
    const head = entriesOf(await change.trees.head.read(journal))
    if (head === undefined) continue
    const base = entriesOf(await change.trees.base.read(journal)) ?? []
    const common = { ...blank, framework: 'drizzle', other: journal } as const
    const tags = new Set(head.map(({ tag }) => tag))
    for (const { path, status } of change.files) {
      const tag = path.startsWith(folder) ? /^(\d+_[^/]+)\.sql$/.exec(path.slice(folder.length))?.[1] : undefined
      if (status === 'added' && tag !== undefined && !tags.has(tag))
        facts.push({ ...common, path, problem: 'not-in-journal', what: tag })
    }
    const known = new Set(base.map(({ tag }) => tag))
    const newest = base.reduce((most, { when }) => Math.max(most, when), 0)
    for (const { tag, when } of head) {
      if (known.has(tag) || when > newest || !change.files.some(({ path }) => path === `${folder}${tag}.sql`)) continue
      facts.push({ ...common, path: `${folder}${tag}.sql`, problem: 'older-in-journal', what: tag })
    }
  }
  return facts
}

function entriesOf(text: string | undefined): readonly Entry[] | undefined {
  if (text === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    const entries = isRecord(parsed) && Array.isArray(parsed.entries) ? parsed.entries : undefined
    return entries?.flatMap((entry: unknown): readonly Entry[] =>
      isRecord(entry) && typeof entry.tag === 'string' && typeof entry.when === 'number'
        ? [{ tag: entry.tag, when: entry.when }]
        : [],
    )
  } catch {
    // A journal that does not parse is a syntax fact.
    return undefined
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
