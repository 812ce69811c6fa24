import type { Artifact, Source } from '../../artifact/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import { freshMatches, type Slip } from './found.ts'

const ofOneRequest =
  /^(?:request|req|user|current_user|account|session|env|params|token|tenant|organi[sz]ation|customer|viewer|controller|context|locale|headers?|cookies?)$/

/** A memo on a class (Ruby) of something made from the request at hand: the next request gets it as well. */
export function memosOfRequests(artifact: Artifact, source: Source): readonly Slip[] {
  if (['javascript', 'typescript', 'tsx'].includes(artifact.language)) return variablesOfRequests(artifact, source)
  if (artifact.language !== 'ruby') return []
  return freshMatches(artifact, source, /(?<![\w.])(@@?\w+)\s*\|\|=\s*([^\n]+)/g).flatMap(
    ({ match, span }): readonly Slip[] => {
      const [, name = '', made = ''] = match
      const given = parametersAbove(source, span.line, name.startsWith('@@'))
      const used = given.find(each => ofOneRequest.test(each) && new RegExp(`(?<![\\w.:])${each}\\b(?!:)`).test(made))
      // One for each of them, by key.
      if (used === undefined || /^\{\}|Hash\.new|Concurrent::|ThreadLocal/.test(made)) return []
      return [{ what: 'memo-of-request', name, after: used, span }]
    },
  )
}

/** A variable of the whole module that a handler fills from its request: all requests share it. */
function variablesOfRequests(artifact: Artifact, source: Source): readonly Slip[] {
  if (!/(?<![\w.])(?:req|request|ctx)\b/.test(source.text) || /['"]use client['"]/.test(source.text)) return []
  return freshMatches(
    artifact,
    source,
    /^[ \t]+(\w+)\s*(?:\?\?|\|\|)?=\s*(?:await\s+)?(?:[\w.]+\(\s*)?((?:req|request|ctx)\b(?:\.\w+)*)[^\n]*/gm,
  ).flatMap(({ match, span }): readonly Slip[] => {
    const [, name = '', from = ''] = match
    if (
      !/\.(?:user|session|auth|account|headers?|cookies?|params|body|query|tenant|token|state|locals)\b|^(?:req|request|ctx)$/.test(
        from,
      )
    )
      return []
    if (!new RegExp(`^let\\s+${name}\\b`, 'm').test(source.text)) return []
    // Another one of the same name stands nearer, or the module is a test or a tool that serves one request.
    if (new RegExp(`^[ \\t]+(?:let|const|var)\\s+${name}\\b|[(,]\\s*${name}\\s*[,):]`, 'm').test(source.text)) return []
    return [{ what: 'memo-of-request', name, after: from, span }]
  })
}

/** The parameters of the method around a line, where that is one of the class itself. */
function parametersAbove(source: Source, from: number, isOfClass: boolean): readonly string[] {
  const indent = lineText(source.lines, from).search(/\S/)
  let header: RegExpExecArray | null = null
  for (let line = from; line >= Math.max(1, from - 40); line--) {
    const text = lineText(source.lines, line)
    if (line < from && text.trim() !== '' && text.search(/\S/) >= indent) continue
    header = /^\s*def\s+(self\.)?[\w?!]+\s*\(([^)]*)\)/.exec(text)
    if (header !== null) {
      const inside = (header[1] ?? '') !== '' || isOfClass || isInSingleton(source, line)
      if (!inside) return []
      break
    }
    if (/^\s*def\b/.test(text)) return []
  }
  return (header?.[2] ?? '').split(',').map(each => /^[\s*&]*(\w+)/.exec(each)?.[1] ?? '')
}

/** Does `class << self` stand around the line, with less indentation and nothing between that ends it? */
function isInSingleton(source: Source, from: number): boolean {
  let indent = lineText(source.lines, from).search(/\S/)
  for (let line = from - 1; line >= Math.max(1, from - 300); line--) {
    const text = lineText(source.lines, line)
    if (text.trim() === '' || text.search(/\S/) >= indent) continue
    indent = text.search(/\S/)
    if (/^\s*class\s+<<\s*self/.test(text)) return true
    if (/^\s*(class|module)\b/.test(text)) return false
  }
  return false
}

/** How Rails and Django say it without writing the header. */
const privately =
  /\bno_store\b|^\s*@never_cache\b|cache_control\(\s*(?:private=True|no_store=True|no_cache=True)|\bexpires_now\b/
const publicly =
  /\bexpires_in\b[^\n]*\bpublic:\s*true|^\s*@cache_page\(|cache_control\([^)\n]*public=True|\bhttp_cache_forever\b[^\n]*public:\s*true/

const kept = /\b(?:no-store|private)\b/i
const given = /\bpublic\b|\bs-maxage=[1-9]/i
const header = /["'`]([^"'`\n]*\b(?:no-store|private|public|s-maxage=\d+)\b[^"'`\n]*)["'`]/i

/** Answers that were for one visitor, and that shared caches may now keep. */
export function answersShared(artifact: Artifact, source: Source): readonly Slip[] {
  const { base, hunks } = artifact
  if (base === undefined || !/cache-?_?control|expires_in|cache_page|cache_forever/i.test(source.text)) return []
  return hunks.flatMap(({ baseStart, baseCount, headStart, headCount }): readonly Slip[] => {
    const values = (of: Source, from: number, count: number) =>
      Array.from({ length: Math.min(count, 200) }, (_, at) => from + at).flatMap(line => {
        const text = lineText(of.lines, line)
        const found = /^\s*(\/\/|#|\*)/.test(text) ? null : header.exec(text)
        const isHeader = [0, 1, 2].some(back =>
          /cache-?_?control/i.test(line > back ? lineText(of.lines, line - back) : ''),
        )
        return found !== null && isHeader ? [{ line, value: found[1] ?? '' }] : []
      })
    const old = [
      ...values(base, baseStart, baseCount).filter(({ value }) => kept.test(value) && !given.test(value)),
      ...saying(base, baseStart, baseCount, privately),
    ]
    const now = [
      ...values(source, headStart, headCount).filter(({ value }) => given.test(value) && !kept.test(value)),
      ...saying(source, headStart, headCount, publicly),
    ]
    const [before, after] = [old[0], now[0]]
    if (before === undefined || after === undefined) return []
    return [
      {
        what: 'answer-shared',
        name: after.value,
        before: before.value,
        after: after.value,
        span: lineSpan(source.lines, after.line),
      },
    ]
  })
}

function saying(of: Source, from: number, count: number, pattern: RegExp): readonly { line: number; value: string }[] {
  return Array.from({ length: Math.min(count, 200) }, (_, at) => from + at).flatMap(line => {
    const text = lineText(of.lines, line)
    return pattern.test(text) && !/^\s*(#|\/\/)/.test(text) ? [{ line, value: text.trim() }] : []
  })
}

const sends = /\b(?:\w*send\w*|deliver\w*|notify\w*|charge\w*|refund\w*|payout\w*|email\w*|mail\w*|invite\w*)\(/i
const keeps = /^(\s*)((?:[\w.]+\.)?(?:commit|save|bulk_update)\([^\n]*\))\s*$/

/** What was sent is written down once for all at the end of a loop, and was written down after each (Python). */
export function notedTooLate(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined || artifact.language !== 'python') return []
  return artifact.hunks.flatMap(({ headStart, headCount }): readonly Slip[] =>
    Array.from({ length: Math.min(headCount, 200) }, (_, at) => headStart + at).flatMap(line => {
      const [, indent = '', call = ''] = keeps.exec(lineText(source.lines, line)) ?? []
      if (call === '' || !isLoopedOver(source, line, indent.length)) return []
      const wasInside = base.text.split('\n').some(text => text.trim() === call && text.search(/\S/) > indent.length)
      const isInside = source.text.split('\n').some(text => text.trim() === call && text.search(/\S/) > indent.length)
      return wasInside && !isInside ? [{ what: 'noted-too-late', name: call, span: lineSpan(source.lines, line) }] : []
    }),
  )
}

/** Directly above the line ends a loop that sends. */
function isLoopedOver(source: Source, from: number, indent: number): boolean {
  let isSending = false
  for (let line = from - 1; line >= Math.max(1, from - 60); line--) {
    const text = lineText(source.lines, line)
    if (text.trim() === '') continue
    const depth = text.search(/\S/)
    if (depth > indent) isSending ||= sends.test(text)
    else return depth === indent && /^\s*(?:async )?for\b/.test(text) && isSending
  }
  return false
}
