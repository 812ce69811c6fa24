import type { Outcome, Replay } from './types.ts'

const listed = ({ difference, reason }: Outcome): boolean => difference !== '' && reason !== undefined
const unlisted = ({ difference, reason }: Outcome): boolean => difference !== '' && reason === undefined

/** Do all predictions agree, but for the known differences? */
export function allAgree(replays: readonly Replay[]): boolean {
  return !replays.some(({ outcomes }) => outcomes.some(unlisted))
}

/** One line per server, then every difference with its reason. */
export function tableOf(replays: readonly Replay[]): string {
  const rows = replays.map(({ engine, version, outcomes }) => [
    engine,
    version,
    String(outcomes.length),
    String(outcomes.filter(({ difference }) => difference === '').length),
    String(outcomes.filter(listed).length),
    String(outcomes.filter(unlisted).length),
  ])
  const head = ['engine', 'version', 'operations run', 'agree', 'listed', 'disagree']
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map(row => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [
    line(head),
    line(widths.map(width => '-'.repeat(width))),
    ...rows.map(line),
    ...notes(replays),
    ...differences(replays, 'Listed differences, each with its reason:', listed),
    ...differences(replays, 'DISAGREEMENTS:', unlisted),
    '',
  ].join('\n')
}

function notes(replays: readonly Replay[]): readonly string[] {
  const found = replays.flatMap(({ engine, version, notRun }) =>
    notRun === undefined ? [] : [`  ${engine} ${version}: ${notRun}`],
  )
  return found.length === 0 ? [] : ['', 'Not run:', ...found]
}

function differences(
  replays: readonly Replay[],
  title: string,
  pick: (outcome: Outcome) => boolean,
): readonly string[] {
  // One line for the same difference on several servers.
  const byText = new Map<string, string[]>()
  for (const { engine, version, outcomes } of replays)
    for (const outcome of outcomes.filter(pick)) {
      const { operation, difference, reason } = outcome
      const text = `${operation}: ${difference}${reason === undefined ? '' : `\n      because ${reason}`}`
      byText.set(text, [...(byText.get(text) ?? []), `${engine} ${version}`])
    }
  return byText.size === 0
    ? []
    : ['', title, ...[...byText].map(([text, where]) => `  ${text}\n      on ${where.join(', ')}`)]
}
