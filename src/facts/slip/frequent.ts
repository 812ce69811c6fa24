import { roleOf } from '../../artifact/classify.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { freshMatches, type Slip } from './found.ts'

/** Periodic tasks of Celery with a short period, by what they are told: every so many minutes or seconds. */
const registrations =
  /\badd_periodic_task\(\s*(?:crontab\(\s*minute\s*=\s*["']\*(?:\/(\d+))?["']\s*\)|(\d+)(?:\.0)?)\s*,\s*(?:\w+\.)*(\w+)(?:\.s\(\))?|["']task["']\s*:\s*["'](?:[\w.]+\.)?(\w+)["']\s*,\s*["']schedule["']\s*:\s*(?:crontab\(\s*minute\s*=\s*["']\*(?:\/(\d+))?["']\s*\)|(\d+)(?:\.0)?\s*,)/g

const longestPeriod = 10
/** Counts and sums that have to look at every row. */
const wholeTable =
  /\bquery\(\s*(?:func\.count\([\w.]*\)|[A-Z]\w*)\s*\)\s*\.(?:count|all)\(\)|\.objects\.(?:all\(\)\.)?count\(\)|\bfunc\.count\(\s*[A-Z]\w*(?:\.\w+)?\s*\)\s*\)\s*\.(?:scalar|one)|SELECT\s+COUNT\(\s*\*\s*\)\s+FROM\s+\w+\s*["';)]/

/** A task that comes every few minutes and looks at whole tables each time. */
export async function frequentScans(artifact: Artifact, source: Source, tree: Tree): Promise<readonly Slip[]> {
  if (artifact.language !== 'python' || !/periodic_task|["']schedule["']/.test(source.text)) return []
  const slips: Slip[] = []
  for (const { match, span } of freshMatches(artifact, source, registrations)) {
    const whole = match[0]
    const minutes = (match[2] ?? match[6]) ? Number(match[2] ?? match[6]) / 60 : Number(match[1] ?? match[5] ?? 1)
    const task = match[3] ?? match[4]
    if (task === undefined || !(minutes <= longestPeriod)) continue
    const found = await bodyOf(task, artifact.path, source.text, tree)
    // A task that expires or holds a lock does not pile up.
    if (found === undefined || /\bexpires\s*=|\block\b|advisory/i.test(found.text) || /expires/.test(whole)) continue
    const count = wholeTable.exec(found.text)
    if (count === null) continue
    const line = found.line + found.text.slice(0, count.index).split('\n').length - 1
    slips.push({
      what: 'frequent-scan',
      name: task,
      before:
        minutes === 1 ? 'every minute' : minutes < 1 ? 'every few seconds' : `every ${Math.round(minutes)} minutes`,
      after: count[0].slice(0, 60),
      otherAt: `${found.path}:${line}`,
      span,
    })
  }
  return slips
}

/** The text of a task, with its decorators: in this file, or in one that is named after tasks. */
async function bodyOf(
  task: string,
  own: string,
  text: string,
  tree: Tree,
): Promise<{ readonly path: string; readonly text: string; readonly line: number } | undefined> {
  const start = new RegExp(`^((?:@[^\\n]*\\n)*)(?:async )?def ${task}\\(`, 'm')
  const take = (path: string, all: string) => {
    const found = start.exec(all)
    if (found === null) return undefined
    const rest = all.slice(found.index)
    const end = /\n(?=[^\s#@)])(?!def |async def )|\n(?=(?:@|def |async def |class ))/.exec(
      rest.slice((found[1] ?? '').length + 4),
    )
    const length = end === null ? rest.length : end.index + (found[1] ?? '').length + 4
    return { path, text: rest.slice(0, length), line: all.slice(0, found.index).split('\n').length }
  }
  const here = take(own, text)
  if (here !== undefined) return here
  const paths = (await tree.list()).filter(
    path => /tasks?(\.py|\/[^/]+\.py|_\w+\.py)$/.test(path) && roleOf(path) === 'live' && path !== own,
  )
  for (const path of paths.slice(0, 200)) {
    const found = take(path, (await tree.read(path)) ?? '')
    if (found !== undefined) return found
  }
  return undefined
}
