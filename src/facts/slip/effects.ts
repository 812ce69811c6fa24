import type { Artifact, Source } from '../../artifact/types.ts'
import { touches } from '../../artifact/types.ts'
import { spanOf } from '../../text/lines.ts'
import { escapePattern } from '../../text/pattern.ts'
import { argumentsFrom, type Slip } from './found.ts'

/** What an effect does that takes part in a loop: it asks somebody, and puts the answer into the state. */
const asks = /\bfetch\w*\(|\baxios\b|\.then\(|\bawait\b|\bapi\.|\.(?:get|post|query|request|load)\(/
const setsState = /\bset[A-Z]\w*\(/

/** Effects of React that depend on an object, list or function which is made anew at each rendering, and that set the state. */
export function effectLoops(artifact: Artifact, source: Source): readonly Slip[] {
  if (!/\.[jt]sx?$/.test(artifact.path) || !source.text.includes('useEffect(')) return []
  return [...source.text.matchAll(/^([ \t]+)(?:React\.)?useEffect\(/gm)].flatMap((match): readonly Slip[] => {
    const open = match.index + match[0].length - 1
    const call = argumentsFrom(source.text, open)
    const list = /,\s*\[([^[\]]*)\]\s*,?\s*\)$/.exec(call)
    if (list === null || !asks.test(call) || !setsState.test(call)) return []
    const above = source.text.slice(0, match.index)
    for (const name of (list[1] ?? '').split(',').map(each => each.trim())) {
      if (!/^[a-z]\w*$/.test(name)) continue
      const made = madeAnew(above, match[1] ?? '', name)
      if (made === undefined) continue
      const at = open + list.index + list[0].indexOf(name, list[0].indexOf('['))
      const span = spanOf(source.lines, at, at + name.length)
      const declared = spanOf(source.lines, made, made + 1)
      if (!touches(artifact, 'head', span) && !touches(artifact, 'head', declared)) continue
      return [{ what: 'effect-loop', name, span }]
    }
    return []
  })
}

/** Where a component makes the name anew at each rendering: a literal at the level of its effects. */
function madeAnew(above: string, indent: string, name: string): number | undefined {
  // Only the component around the effect: what stands before its first line at a lesser depth is another one.
  const start =
    [...above.matchAll(/^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function|const|class)\b/gm)].at(-1)?.index ?? 0
  const declared = new RegExp(
    `^${indent}(?:const|let)\\s+${escapePattern(name)}\\b(?:\\s*:[^=\\n]+)?\\s*=\\s*(?:\\{|\\[|(?:async\\s*)?\\([^()\\n]*\\)\\s*(?::[^=\\n]+)?=>|(?:async\\s+)?function\\b)`,
    'm',
  ).exec(above.slice(start))
  return declared === null ? undefined : start + declared.index + indent.length
}
