import type { Artifact, Source } from '../../artifact/types.ts'
import type { Hunk } from '../../change/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import type { Slip } from './found.ts'

const linesOf = (source: Source, from: number, count: number): readonly string[] =>
  Array.from({ length: Math.min(count, 500) }, (_, at) => lineText(source.lines, from + at))

/** Two places of a template for an address, with the slash between them. */
const joined = /(\{[^{}]*\}|\$\{[^{}]*\}|%s|#\{[^{}]*\})\/(?=\{|\$\{|%s|#\{)/g
const ofAddress = /url|uri|host|prefix|base|endpoint|origin|bucket|path|domain|cdn/i

/** Lines of which nothing but the slash between two parts of an address is gone. */
export function slashesLost(artifact: Artifact, source: Source): readonly Slip[] {
  const { base, hunks } = artifact
  if (base === undefined) return []
  return hunks.flatMap(({ baseStart, baseCount, headStart, headCount }): readonly Slip[] => {
    const old = linesOf(base, baseStart, baseCount)
    const now = linesOf(source, headStart, headCount)
    return now.flatMap((line, at): readonly Slip[] => {
      const was = old.find(other => {
        joined.lastIndex = 0
        return other !== line && joined.test(other) && other.replace(joined, '$1') === line && ofAddress.test(other)
      })
      if (was === undefined || isGivenElsewhere(base.text, source.text)) return []
      return [
        {
          what: 'slash-lost',
          name: line.trim().slice(0, 80),
          before: was.trim().slice(0, 80),
          span: lineSpan(source.lines, headStart + at),
        },
      ]
    })
  })
}

/** Somewhere else in the file a slash comes to the end or the start of a text. */
function isGivenElsewhere(base: string, head: string): boolean {
  const count = (text: string): number => [...text.matchAll(/["'`][^"'`\n]*\/["'`]|["'`]\/[\w{$]/g)].length
  return count(head) > count(base)
}

const refuses =
  /\b(?:sys\.exit|exit|die|abort|raise|throw|panic|process\.exit|log\.Fatal\w*|usage|parser\.error|fail)\b/
const takesAll =
  /\b(?:return|=)\s*\(?(?:await\s+)?[\w.@$]*?\b(?:\w+\.)?(?:all|everything|\w+_all|all_\w+|getAll\w*|findAll|listAll|All|every\w*)\s*(?:\(|$)/
const asksForNone =
  /\bif\b.*(?:\bnot\b|!|\.empty\?|\.blank\?|\bis None\b|== nil|length\s*===?\s*0|len\([^)]*\)\s*==\s*0|-z\b)|\bunless\b/
const destroys =
  /\b(?:shutdown|reboot|terminate|destroy|delete|drop|purge|wipe|restart|kill|drain|remove|stop_instances|rm)\b/i

/** A tool that refused to run without being told on what, and now takes everything. */
export function emptyMeansAll(artifact: Artifact, source: Source): readonly Slip[] {
  const { base, hunks } = artifact
  if (base === undefined || !destroys.test(source.text)) return []
  if (!/(^|\/)(?:tools?|scripts?|bin|ops|jobs?|tasks?|cli|cmd|commands?|management|maintenance)\//i.test(artifact.path))
    return []
  return hunks.flatMap((hunk: Hunk): readonly Slip[] => {
    if (!linesOf(base, hunk.baseStart, hunk.baseCount).some(line => refuses.test(line))) return []
    const now = linesOf(source, hunk.headStart, hunk.headCount)
    if (now.some(line => refuses.test(line))) return []
    return now.flatMap((line, at): readonly Slip[] => {
      const number = hunk.headStart + at
      const above = lineText(source.lines, number - 1)
      if (!takesAll.test(line) || !(asksForNone.test(above) || asksForNone.test(line))) return []
      return [{ what: 'empty-means-all', name: line.trim().slice(0, 80), span: lineSpan(source.lines, number) }]
    })
  })
}
