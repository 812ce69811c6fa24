import { roleOf } from '../../artifact/classify.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { lineSpan } from '../../text/lines.ts'
import { underscore } from '../migration/frontends/rails-names.ts'
import type { Slip } from './found.ts'

interface Loop {
  /** What it goes through, as written. */
  readonly over: string
  readonly element: string
  /** Line numbers, from 1: the header, the first line behind the body. */
  readonly line: number
  readonly end: number
  readonly body: string
  readonly indent: number
}

const headers =
  /^([ \t]*)(?:(?:async\s+)?for\s+(\w+)\s+in\s+([\w.]+(?:\(\))?)\s*:|for\s*(?:await\s*)?\((?:const|let|var)\s+(\w+)\s+of\s+([\w.]+)\)\s*\{|([A-Za-z_][^\n=]*?)\.(?:find_each|each)(?:\([^)]*\))?\s+do\s*\|(\w+)\|)\s*$/

/** Loops whose body is indented below them. */
function loopsIn(lines: readonly string[]): readonly Loop[] {
  return lines.flatMap((text, at): readonly Loop[] => {
    const found = headers.exec(text)
    if (found === null) return []
    const indent = indentOf(text)
    let end = at + 1
    while (end < lines.length && (isBlank(lines[end]) || indentOf(lines[end] ?? '') > indent)) end++
    return [
      {
        over: found[3] ?? found[5] ?? found[6] ?? '',
        element: found[2] ?? found[4] ?? found[7] ?? '',
        line: at + 1,
        end: end + 1,
        body: lines.slice(at + 1, end).join('\n'),
        indent,
      },
    ]
  })
}

const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === ''
const indentOf = (line: string): number => line.length - line.trimStart().length

const sends =
  /\b(send_?(?:e?_?mail|sms|message|notification|invitation|reminder|newsletter)\w*|deliver_(?:now|later)|send_mail|charge|refund|pay_?out)\b!?(?=\s*[(.\n]|\s*$)|\.(send|deliver|charge|refund|payout)\(/i
const remembers =
  /\b(save|commit|update\w*|mark\w*|claim\w*|insert\w*|create\w*|delete\w*|destroy\w*|lock\w*|acquire\w*|add|put|set_?\w*|touch|transaction|atomic)\b!?\s*\(?|\w\.\w+\s*=[^=]/i

/** Something is sent for each element of a list, and only when all are sent it is written down that they were. */
export function sentBeforeMarked(artifact: Artifact, source: Source): readonly Slip[] {
  if (!sends.test(source.text)) return []
  const lines = source.text.split('\n')
  return loopsIn(lines).flatMap((loop): readonly Slip[] => {
    const sent = sends.exec(loop.body)
    if (sent === null || remembers.test(loop.body) || !/^[a-z_]\w*$/i.test(loop.over)) return []
    const after = rest(lines, loop).join('\n')
    const { over } = loop
    const again = new RegExp(
      `(?:\\bin\\s+${over}\\s*:|\\bof\\s+${over}\\)\\s*\\{|\\b${over}\\.(?:each|find_each)\\b[^\\n]*)\\s*\\n[^\\n]*\\b(?:mark\\w*|save|update\\w*|sent(?:_?at)?|processed|done)\\b`,
      'i',
    )
    const atOnce = new RegExp(
      `\\b${over}\\.(?:update|update_all|updateMany)\\(|\\b(?:bulk_?update|mark_?\\w*|set_?sent\\w*)\\([^)\\n]*\\b${over}\\b`,
      'i',
    )
    if (!again.test(after) && !atOnce.test(after)) return []
    const line = loop.line + 1 + loop.body.slice(0, sent.index).split('\n').length - 1
    const span = lineSpan(source.lines, line)
    return touches(artifact, 'head', span) ? [{ what: 'sent-before-marked', name: over, span }] : []
  })
}

/** The lines behind a loop in the same function, at most twelve. */
function rest(lines: readonly string[], { end, indent }: Loop): readonly string[] {
  const after: string[] = []
  for (const line of lines.slice(end - 1, end + 12)) {
    if (!isBlank(line) && indentOf(line) < indent) break
    after.push(line)
  }
  return after
}

/** Rows saved in a loop, while a callback of their model puts a job into the queue for each. */
export async function jobPerRow(artifact: Artifact, source: Source, tree: Tree): Promise<readonly Slip[]> {
  if (artifact.language !== 'ruby' || !/\b(find_each|\.each)\b/.test(source.text)) return []
  const slips: Slip[] = []
  for (const loop of loopsIn(source.text.split('\n'))) {
    const model = /^\s*([A-Z]\w*(?:::[A-Z]\w*)*)(?=\.|$)/.exec(loop.over)?.[1]
    const saved = new RegExp(`\\b${loop.element}\\.(?:save|update|touch|increment)!?(?=[\\s(]|$)`, 'm').exec(loop.body)
    if (model === undefined || saved === null) continue
    const span = lineSpan(source.lines, loop.line + 1 + loop.body.slice(0, saved.index).split('\n').length - 1)
    if (!touches(artifact, 'head', span)) continue
    const callback = await enqueues(model, tree)
    if (callback === undefined) continue
    const narrowed = /\.(where|limit|not|for_|with_|by_|in_|of_|pending|active|recent)/.test(loop.over)
    slips.push({
      what: 'job-per-row',
      name: model,
      before: callback.name,
      after: narrowed ? 'some' : 'all',
      otherAt: callback.at,
      span,
    })
  }
  return slips
}

/** The callback of a model that runs after each save and enqueues a job. */
async function enqueues(model: string, tree: Tree): Promise<{ name: string; at: string } | undefined> {
  const file = `app/models/${model.split('::').map(underscore).join('/')}.rb`
  const path = (await tree.list()).find(
    other => (other === file || other.endsWith(`/${file}`)) && roleOf(other) === 'live',
  )
  const text = path === undefined ? undefined : await tree.read(path)
  if (text === undefined) return undefined
  const callbacks = text.matchAll(/^\s*after_(?:save|commit|update|save_commit|update_commit)\s+:(\w+[?!]?)([^\n]*)/gm)
  for (const found of callbacks) {
    const [, name = '', options = ''] = found
    // A callback with a condition, or for new and deleted rows only, may not run for these.
    if (/\b(if|unless)\b|on:\s*(?::create|:destroy|%i\[create)/.test(options)) continue
    const body = new RegExp(`^([ \\t]*)def ${name.replace(/\W/g, '\\$&')}\\b([\\s\\S]*?)^\\1end\\b`, 'm').exec(
      text,
    )?.[2]
    if (body === undefined || !/\b(perform_(later|async|in|at)|enqueue|\.delay)\b/.test(body)) continue
    if (/\breturn\b|\b(if|unless)\b/.test(body)) continue
    return { name, at: `${path}:${text.slice(0, found.index + 1).split('\n').length}` }
  }
  return undefined
}
