import type { Source } from '../../artifact/types.ts'
import { type Entry, isTemplate } from './entry.ts'
import { linesOf, textEntry } from './text.ts'

/** Labels of compose services that Ofelia and the like read as schedules: `ofelia.job-exec.backup.schedule: "@daily"`. */
export function labelEntries(source: Source): Entry[] {
  const label =
    /^[\s-]*["']?((?:ofelia|swarm\.cronjob|chadburn|deck-chores)\.[\w.-]*schedule)["']?\s*[:=]\s*["']?([^"'\n#]+?)["']?\s*$/
  return [...linesOf(source)].flatMap(({ text, start }): readonly Entry[] => {
    const [, key = '', expression = ''] = label.exec(text) ?? []
    if (key === '') return []
    const job = key.replace(/\.schedule$/, '')
    return [
      textEntry({
        id: job,
        name: job.slice(job.lastIndexOf('.') + 1),
        expression,
        dialect: 'unknown',
        start: start + text.lastIndexOf(expression),
        command: job,
        unknown: isTemplate(expression),
      }),
    ]
  })
}
