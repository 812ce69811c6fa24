import type { Artifact, Source } from '../../artifact/types.ts'
import { lineText } from '../../text/lines.ts'
import { freshMatches, type Slip } from './found.ts'

const made =
  /^[ \t]*(?:async[ \t]+)?def[ \t]+\w+\([^\n]*?\b(\w+)[ \t]*(?::[^=,\n]+)?=[ \t]*(?:\[\]|\{\}|list\(\)|dict\(\)|set\(\))/gm

/** Parameters of Python whose default is made once, and that the function fills: what one call puts in, the next one finds. */
export function sharedDefaults(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.language !== 'python') return []
  return freshMatches(artifact, source, made).flatMap(({ match, span }): readonly Slip[] => {
    const name = match[1] ?? ''
    const body = bodyBelow(source, span.line)
    // Another object under the name, or a copy, is filled in its stead.
    if (new RegExp(`^\\s*${name}\\s*(?::[^=\\n]+)?=[^=]`, 'm').test(body)) return []
    const fills = new RegExp(
      `(?<![\\w.])${name}(?:\\.(?:append|extend|insert|update|add|setdefault|pop|remove|clear)\\(|\\[[^\\]\\n]+\\]\\s*[+-]?=[^=]|\\s*\\+=)`,
    )
    return fills.test(body) ? [{ what: 'shared-default', name, span: { ...span, endLine: span.line } }] : []
  })
}

function bodyBelow(source: Source, line: number): string {
  const head = lineText(source.lines, line)
  const indent = head.length - head.trimStart().length
  const lines: string[] = []
  for (let at = line + 1; at <= Math.min(source.lines.starts.length, line + 120); at++) {
    const text = lineText(source.lines, at)
    if (text.trim() !== '' && text.length - text.trimStart().length <= indent && !/^\s*[)\]]/.test(text)) break
    lines.push(text)
  }
  return lines.join('\n')
}
