import { indexLines, type Span, spanOf } from '../../text/lines.ts'
import type { Draft } from './draft.ts'

interface Field {
  readonly name: string
  readonly type: string
  readonly number: number
  readonly span: Span
}

interface Message {
  readonly fields: readonly Field[]
  /** Numbers and names that nobody may use again. */
  readonly reserved: string
  readonly isEnum: boolean
}

/** Types that are written the same way on the wire, so one can be read as the other. Source: https://protobuf.dev/programming-guides/proto3/#updating */
const alike: readonly (readonly string[])[] = [
  ['int32', 'uint32', 'int64', 'uint64', 'bool'],
  ['sint32', 'sint64'],
  ['string', 'bytes'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
]

/** What older programs no longer understand of the messages of a .proto file. */
export function protobufDrafts(base: string, head: string): readonly Draft[] {
  const [before, after] = [messagesOf(base), messagesOf(head)]
  const enums = new Set([...before, ...after].flatMap(([name, { isEnum }]) => (isEnum ? [lastOf(name)] : [])))
  return [...before].flatMap(([owner, old]) => {
    const now = after.get(owner)
    return now === undefined ? [] : fieldDrafts(owner, old, now, enums)
  })
}

function fieldDrafts(owner: string, old: Message, now: Message, enums: ReadonlySet<string>): readonly Draft[] {
  const drafts: Draft[] = []
  for (const field of old.fields) {
    const sameNumber = now.fields.find(({ number }) => number === field.number)
    const sameName = now.fields.find(({ name }) => name === field.name)
    const common = { owner, name: field.name } as const
    if (sameNumber?.name === field.name) {
      if (isAlike(field.type, sameNumber.type, enums)) continue
      drafts.push({
        ...common,
        what: 'type-changed',
        before: field.type,
        after: sameNumber.type,
        side: 'head',
        span: sameNumber.span,
      })
    } else if (sameName !== undefined)
      drafts.push({
        ...common,
        what: 'number-changed',
        before: String(field.number),
        after: String(sameName.number),
        side: 'head',
        span: sameName.span,
      })
    else if (sameNumber !== undefined) {
      // The wire knows no names: the same type under another name is a renaming, unless the names have nothing in common.
      const isRenamed =
        isAlike(field.type, sameNumber.type, enums) && (field.type !== 'bool' || shareWord(field.name, sameNumber.name))
      if (!old.isEnum && isRenamed) continue
      drafts.push({
        ...common,
        what: isAlike(field.type, sameNumber.type, enums) && !old.isEnum ? 'number-renamed' : 'number-reused',
        before: field.name,
        after: sameNumber.name,
        side: 'head',
        span: sameNumber.span,
      })
    } else {
      const isReserved = isReservedIn(now.reserved, field)
      drafts.push({
        ...common,
        what: 'removed',
        before: field.type,
        reserved: isReserved ? 'yes' : 'no',
        side: 'base',
        span: field.span,
      })
    }
  }
  return drafts
}

/** Do two names have a word in common, or the beginning of one? */
function shareWord(one: string, other: string): boolean {
  const words = (name: string) =>
    name
      .toLowerCase()
      .split('_')
      .filter(word => !/^(is|has|use|enable|enabled|the|allow)$/.test(word))
  return words(one).some(word => words(other).some(each => each.slice(0, 4) === word.slice(0, 4)))
}

function isAlike(one: string, other: string, enums: ReadonlySet<string>): boolean {
  const plain = (type: string) => {
    const bare = type.replace(/^(optional|required) /, '').replace(/^\./, '')
    return enums.has(lastOf(bare)) ? 'int32' : bare
  }
  const [a, b] = [plain(one), plain(other)]
  // A message may be named with or without its package.
  if (a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)) return true
  return alike.some(group => group.includes(a) && group.includes(b))
}

function isReservedIn(reserved: string, { name, number }: Field): boolean {
  if (reserved.includes(`"${name}"`)) return true
  return reserved.split(',').some(part => {
    const [, from = '', to] = /^\s*(\d+)(?:\s+to\s+(\d+|max))?\s*$/.exec(part) ?? []
    if (from === '') return false
    const end = to === undefined ? Number(from) : to === 'max' ? Number.POSITIVE_INFINITY : Number(to)
    return number >= Number(from) && number <= end
  })
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** The messages and enums of a file by their full name. Comments and strings are blanked first, so braces can be counted. */
function messagesOf(text: string): ReadonlyMap<string, Message> {
  const lines = indexLines(text)
  const plain = text
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, part => part.replace(/[^\n]/g, ' '))
    .replace(/=\s*"(?:[^"\\\n]|\\.)*"/g, part => ' '.repeat(part.length))
  const messages = new Map<string, { fields: Field[]; reserved: string; isEnum: boolean }>()
  const open: { readonly name: string; readonly kind: string }[] = []
  const statement = /([^;{}]*)([;{}])/g
  for (const match of plain.matchAll(statement)) {
    const [, head = '', sign = ''] = match
    const words = head.trim().replace(/\s+/g, ' ')
    if (sign === '{') {
      const [, kind = 'other', name = ''] =
        /^(message|enum|oneof)\s+(\w+)$/.exec(words) ?? /^(extend|service|rpc)\b/.exec(words) ?? []
      open.push({ kind, name })
      if (kind === 'message' || kind === 'enum')
        messages.set(nameOf(open), { fields: [], reserved: '', isEnum: kind === 'enum' })
      continue
    }
    if (sign === '}') {
      open.pop()
      continue
    }
    const message = messages.get(nameOf(open))
    if (message === undefined || open.at(-1)?.kind === 'other') continue
    const reserved = /^reserved (.+)$/.exec(words)?.[1]
    if (reserved !== undefined) message.reserved += `${reserved},`
    const field = message.isEnum
      ? /^()(\w+) = (-?\d+)/.exec(words)
      : /^((?:optional |required |repeated )?(?:map ?<[^>]+>|[\w.]+)) (\w+) = (\d+)/.exec(words)
    if (field === null) continue
    const start = match.index + head.length - head.trimStart().length
    message.fields.push({
      type: (field[1] ?? '').replace(/\s/g, ' '),
      name: field[2] ?? '',
      number: Number(field[3]),
      span: spanOf(lines, start, match.index + head.length + 1),
    })
  }
  return messages
}

/** The full name of the innermost message; a oneof belongs to the message around it. */
function nameOf(open: readonly { readonly name: string; readonly kind: string }[]): string {
  return open
    .filter(({ kind }) => kind === 'message' || kind === 'enum')
    .map(({ name }) => name)
    .join('.')
}
