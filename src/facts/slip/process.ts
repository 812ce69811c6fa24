import type { Artifact, Source } from '../../artifact/types.ts'
import { type Span, spanOf } from '../../text/lines.ts'
import { argumentsFrom, type Slip } from './found.ts'

const handler = /^(?![ \t]*(?:\/\/|\*)).*?\bprocess\.on\(\s*["'`](uncaughtException|unhandledRejection)["'`]/gm
const ends = /exit|abort|shut_?down|stop|close|throw|kill|emit|terminate|fatal|crash/i
const empty = /\{\s*\}\s*\)$|=>\s*(?:undefined|null|void 0)\s*\)$/

/** Errors that nobody caught, after which the process goes on as if nothing had been. */
export function failuresSwallowed(artifact: Artifact, source: Source): readonly Slip[] {
  const old = new Map(handlersIn(artifact.base?.text ?? '').map(({ name, text }) => [name, text]))
  return handlersIn(source.text).flatMap(({ name, text, at, end }): readonly Slip[] => {
    const span = spanOf(source.lines, at, end)
    if (!isChanged(artifact, span)) return []
    // What a handler does that is named here stands elsewhere.
    if (!/=>|\bfunction\b/.test(text)) return []
    const isEmpty = empty.test(text)
    if (!isEmpty && (ends.test(text) || !ends.test(old.get(name) ?? ''))) return []
    return [{ what: 'failure-swallowed', name, span: { ...span, endLine: span.line, endColumn: span.column + 10 } }]
  })
}

/** The handlers of a file, each with its arguments behind the name. */
function handlersIn(text: string) {
  return [...text.matchAll(handler)].map(match => {
    const at = match.index + match[0].indexOf('process.on(')
    const given = argumentsFrom(text, at + 'process.on'.length)
    const name = match[1] ?? ''
    return { name, text: given.replace(name, ''), at, end: at + 'process.on'.length + given.length }
  })
}

/** Lines of it are new, or lines are gone from inside of it. */
function isChanged({ hunks }: Artifact, { line, endLine }: Span): boolean {
  return hunks.some(({ headStart, headCount }) => headStart <= endLine && headStart + Math.max(headCount, 1) > line)
}
