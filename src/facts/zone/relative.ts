import { indexLines, type Span, spanOf } from '../../text/lines.ts'

/** A full name to which servers append the zone once more, because it does not end in a dot. */
export interface RelativeName {
  readonly name: string
  readonly becomes: string
  readonly span: Span
}

const target =
  /\s(?:CNAME|DNAME|NS|PTR|MX\s+\d+|SRV\s+\d+\s+\d+\s+\d+)\s+([a-z0-9_](?:[\w-]*\.)+[\w-]*[a-z0-9]\.?)(?=\s|;|$)/i

/** Endings that no name inside of a zone has; `lb.dev` and `web.app` may stand for names below it. */
const publicEnding = /\.(com|net|org|io|arpa|co\.uk)$/i

/** Targets on lines that the change adds: names of this zone, of a zone that the file names in full, or with a public ending. */
export function relativeNames(base: string, head: string): readonly RelativeName[] {
  const lines = indexLines(head)
  const known = new Set(base.split('\n').map(line => line.trim()))
  const full = new Set(
    [...head.matchAll(/(?<![\w.-])(?:[\w-]+\.)*([\w-]+\.[\w-]+)\.(?=\s|$)/g)].map(([, name = '']) =>
      name.toLowerCase(),
    ),
  )
  let origin = originOf(head)
  let start = 0
  return head.split('\n').flatMap(line => {
    const from = start
    start += line.length + 1
    origin = /^\$ORIGIN\s+(\S+)\.(?=\s|$)/i.exec(line)?.[1] ?? origin
    const record = line.replace(/;.*/, '')
    const name = target.exec(record)?.[1]
    if (name === undefined || name.endsWith('.') || known.has(line.trim())) return []
    const owner = name.toLowerCase().split('.').slice(-2).join('.')
    if (!full.has(owner) && !publicEnding.test(name)) return []
    const at = from + record.lastIndexOf(name)
    const becomes = `${name}.${origin === '' ? 'the zone' : origin}`
    return [{ name, becomes, span: spanOf(lines, at, at + name.length) }]
  })
}

/** What the zone calls itself: its $ORIGIN, or the owner of its SOA record. */
function originOf(text: string): string {
  return /^\$ORIGIN\s+(\S+)\.\s/im.exec(text)?.[1] ?? /^((?:[\w-]+\.)+[\w-]+)\.\s.*\bSOA\b/im.exec(text)?.[1] ?? ''
}
