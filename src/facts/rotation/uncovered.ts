import { isRotationPath } from '../../artifact/rotation-path.ts'
import { type Artifact, headLineFor, type Source, touches } from '../../artifact/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import type { RotationFact } from './index.ts'
import { covers } from './places.ts'
import type { Block } from './read.ts'

const logPath = /(?<![\w./:@-])\/(?:[\w.-]+\/)+[\w.-]+\.log\b(?!\.)/g

/** Logs that the change moves from a place that is rotated to one that is not. */
export function uncoveredLogs(artifacts: readonly Artifact[], covered: readonly Block[]): readonly RotationFact[] {
  if (covered.length === 0) return []
  const isCovered = (path: string) => covered.some(({ logs }) => logs.some(log => covers(log, path)))
  return artifacts.flatMap(artifact => {
    const { base, head } = artifact
    if (!base || !head || isRotationPath(artifact.path) || artifact.role !== 'live' || head.text.length > 500_000)
      return []
    const gone = pathsOn(artifact, base).filter(({ path }) => isCovered(path) && !head.text.includes(path))
    if (gone.length === 0) return []
    const added = pathsOn(artifact, head).filter(({ path }) => !isCovered(path) && !base.text.includes(path))
    return added.flatMap(({ path, line }): readonly RotationFact[] => {
      // The path that stood where the new one stands.
      const old = gone.find(one => Math.abs(headLineFor(artifact, one.line) - line) <= 2)
      if (old === undefined || path.startsWith('/dev/') || path.startsWith('/proc/')) return []
      return [
        {
          kind: 'rotation',
          path: artifact.path,
          side: 'head',
          span: lineSpan(head.lines, line),
          form: 'uncovered',
          problem: 'moved',
          detail: `the log moves from \`${old.path}\`, which is rotated, to \`${path}\`, which no block of logrotate names`,
          logs: [path],
          log: path,
          quickFix: '',
          resembles: '',
          rotated: true,
          unmentioned: false,
          replaced: false,
        },
      ]
    })
  })
}

function pathsOn(artifact: Artifact, source: Source): readonly { readonly path: string; readonly line: number }[] {
  const found: { path: string; line: number }[] = []
  for (const hunk of artifact.hunks) {
    const [start, count] = source.side === 'head' ? [hunk.headStart, hunk.headCount] : [hunk.baseStart, hunk.baseCount]
    for (let line = start; line < start + count; line++) {
      const text = lineText(source.lines, line)
      if (text.length > 2000 || /^\s*(#|\/\/)/.test(text) || !touches(artifact, source.side, { line, endLine: line }))
        continue
      for (const [path] of text.matchAll(logPath)) found.push({ path, line })
    }
  }
  return found
}
