import { roleOf } from '../../artifact/classify.ts'
import type { Artifact, ArtifactKind } from '../../artifact/types.ts'
import type { Change, ChangedFile } from '../../change/types.ts'
import type { Config } from '../../config/types.ts'
import { globs } from '../../text/glob.ts'
import type { Extraction, FactContext } from '../types.ts'
import { clock, dayName, type LocalTime, localTimeAtOffset, localTimeIn } from './clock.ts'
import type { MergeFact } from './index.ts'
import { defaultWindow, verdictAt } from './window.ts'

/** Labels that lift the window where nobody configured others. */
const defaultLabels = ['emergency']

/** Gives one fact for the change, or none when the window is not about any of its files or no local time is known. */
export async function extractMerge({ change, artifacts, config, now }: FactContext): Promise<Extraction> {
  const files = change.files.filter(countsFor(config))
  const [first] = files
  const time = localTime(change, config, now)
  if (first === undefined || time === undefined) return { facts: [], notAnalysed: [] }
  return {
    facts: [factOf(change, config, time, first, files.length, artifacts.some(isRisky))],
    notAnalysed: [],
  }
}

function factOf(
  change: Change,
  config: Config,
  time: LocalTime,
  first: ChangedFile,
  files: number,
  risky: boolean,
): MergeFact {
  const verdict = verdictAt(time, config.window ?? defaultWindow)
  return {
    kind: 'merge',
    path: first.path,
    side: first.status === 'deleted' ? 'base' : 'head',
    // The change as a whole: an empty span at the beginning of its first file.
    span: { line: 1, column: 1, endLine: 1, endColumn: 1 },
    configured: config.window !== undefined,
    closed: verdict.closed,
    frozen: verdict.freeze !== '',
    freeze: verdict.freeze,
    day: time.day,
    weekday: dayName(time.day),
    localDate: time.date,
    localTime: clock(time.minutes),
    zone: time.zone,
    ...(verdict.minutesAfterClose === undefined ? {} : { minutesAfterClose: verdict.minutesAfterClose }),
    reason: verdict.reason,
    opensAt: verdict.opensAt,
    exemptBy: exemption(change, config),
    preview: ['worktree', 'index', 'patch'].includes(change.head),
    labels: change.pull?.labels ?? [],
    author: change.pull?.author ?? '',
    files,
    risky,
  }
}

const riskyKinds: ReadonlySet<ArtifactKind> = new Set<ArtifactKind>([
  'sql-migration',
  'rails-migration',
  'django-migration',
  'alembic-migration',
  'python-migration',
  'javascript-migration',
  'php-migration',
  'ecto-migration',
  'sequel-migration',
  'liquibase-changelog',
  'code-migration',
])

/** A price format, a new image or a larger limit is reverted in minutes at any hour; what a migration did stays done. */
function isRisky(artifact: Artifact): boolean {
  return artifact.role === 'live' && artifact.environment !== 'lower' && riskyKinds.has(artifact.kind)
}

/** In the configured zone; without a configuration at the UTC offset at which the head commit was made. */
function localTime(change: Change, config: Config, now: Date): LocalTime | undefined {
  if (config.window) return localTimeIn(now, config.window.timezone)
  return change.committedAt === undefined ? undefined : localTimeAtOffset(now, change.committedAt)
}

/** Only what reaches production makes a late merge risky: documentation, tests and examples do not. */
function countsFor(config: Config): (file: ChangedFile) => boolean {
  const exempt = globs([...config.ignore, ...(config.window?.exempt.paths ?? [])])
  return ({ path }) => {
    const role = roleOf(path)
    return !exempt(path) && role !== 'docs' && role !== 'test' && role !== 'example'
  }
}

function exemption(change: Change, config: Config): string {
  const { labels, authors } = config.window?.exempt ?? { labels: defaultLabels, authors: [] }
  const label = change.pull?.labels.find(name => includes(labels, name))
  if (label !== undefined) return `the label ${label}`
  const author = change.pull?.author ?? ''
  return author !== '' && includes(authors, author) ? `the author ${author}` : ''
}

/** GitHub tells neither labels nor users apart by case. */
function includes(names: readonly string[], name: string): boolean {
  return names.some(known => known.toLowerCase() === name.toLowerCase())
}
