import type { Artifact, Source } from '../../artifact/types.ts'
import type { Change } from '../../change/types.ts'
import { lineSpan, lineText, positionAt, type Span } from '../../text/lines.ts'
import { freshMatches, type Slip } from './found.ts'

/** A consumer that joins under a new group each time it starts: brokers keep each group's offsets, and it reads from an end. */
export function freshGroups(artifact: Artifact, source: Source): readonly Slip[] {
  // Groups of people, of settings, of checks have ids as well.
  if (!/kafka|consumer|sarama|pulsar|\bnats\b|xreadgroup/i.test(source.text)) return []
  return freshMatches(
    artifact,
    source,
    /(?<![:|])\bgroup[._-]?id(?:[._-]?config)?["']?\)?\s*(?:[,:=]|=>|:=)[^\n;,]*?(?<![\w.])(?:\w+\.|uuid::|str::)?(random_?uuid|(?<!\bz\.)uuid(?:v?\d)?(?=\s*\()|uuid(?=\.new\w*\()|uuid(?=\s*\})|new_?v4|secure_?random|nanoid|ulid(?=\s*\()|current_?time_?millis|date\.now|time\.(?:now|time)|unix_?nano)\b/gi,
  ).map(({ match, span }) => ({ what: 'fresh-group', name: match[1] ?? '', span }))
}

/** SQL in the code of an application that locks a whole table, for as long as its transaction takes. */
export function tableLocks(artifact: Artifact, source: Source): readonly Slip[] {
  if (
    artifact.kind !== 'code' ||
    artifact.language === 'sql' ||
    /(^|\/)[^/]*(migrat|scripts?\/|db\/)/i.test(artifact.path)
  )
    return []
  return freshMatches(
    artifact,
    source,
    /["'`\s](lock\s+tables?\s+[\w."`${}]+(?:\s*,\s*[\w."`]+)*\s+(?:in\s+(?:access\s+exclusive|exclusive|share|share\s+row\s+exclusive)\s+mode|write))\b/gi,
  )
    .filter(({ match }) => !/nowait/i.test(match.input.slice(match.index, match.index + match[0].length + 20)))
    .map(({ match, span }) => ({ what: 'locks-table', name: (match[1] ?? '').replace(/\s+/g, ' ').slice(0, 80), span }))
}

const paying =
  /\b(\w*(?:charge|refund|payout|transfer|capture|payment_?intents?|pay)\w*(?:\.(?!save|delete|filter|get\b|refresh|objects|all\b|first|update|append|add\b|exists)\w+)?)\s*\(/i
const guards = /idempoten/i

/** A payment that was sent with a key against doing it twice, and no longer is. */
export function idempotencyGone(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined || !guards.test(base.text) || guards.test(source.text)) return []
  for (let line = 1; line <= Math.min(source.lines.starts.length, 5000); line++) {
    const text = lineText(source.lines, line)
    const name = /^\s*(def|function|async|export|class|func|fn)\b/.test(text) ? undefined : paying.exec(text)?.[1]
    if (name !== undefined && base.text.includes(`${name}(`))
      return [{ what: 'idempotency-gone', name, span: lineSpan(source.lines, line) }]
  }
  return []
}

const payloads = /webhook|(^|[/_.-])(events?|public|external|partner|hooks?)([/_.-]|$)|(^|\/)v\d+(\/|_)/i

/** Fields that leave what is sent to others: serializers of Rails and Django in folders of webhooks, events and public interfaces. */
export function payloadFieldsGone(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (
    base === undefined ||
    !payloads.test(artifact.path) ||
    !/serializ|payload|blueprint|presenter/i.test(artifact.path)
  )
    return []
  const kept = new Set(fieldsOf(source).map(({ name }) => name))
  const old = fieldsOf(base)
  const gone = old.filter(({ name }) => !kept.has(name)).map(({ name }) => name)
  const at = fieldsOf(source)[0]?.span
  // All of them under other names is another serializer.
  if (gone.length === 0 || at === undefined || gone.length * 2 > old.length) return []
  return [{ what: 'payload-field-gone', name: gone.slice(0, 3).join(', '), span: at }]
}

function fieldsOf(source: Source): readonly { readonly name: string; readonly span: Span }[] {
  const lists =
    /^[ \t]*(?:attributes?|fields?)\s+((?::\w+[ \t]*,?\s*)+)|^[ \t]*fields\s*=\s*[[(]((?:\s*["']\w+["']\s*,?)+)/gm
  const listed = [...source.text.matchAll(lists)].flatMap(found => {
    const line = source.text.slice(0, found.index).split('\n').length
    return [...(found[1] ?? found[2] ?? '').matchAll(/[:"'](\w+)/g)].map(([, name = '']) => ({
      name,
      span: lineSpan(source.lines, line),
    }))
  })
  return [...listed, ...hashFields(source)]
}

/** Keys of the hash that a Ruby method such as `as_json` or `payload` returns. */
function hashFields(source: Source): readonly { readonly name: string; readonly span: Span }[] {
  if (!source.path.endsWith('.rb')) return []
  const methods = source.text.matchAll(
    /^([ \t]*)def (?:as_json|to_h|to_hash|payload|body|serializable_hash|serialize|data|call)\b[^\n]*\n([\s\S]*?)^\1end\b/gm,
  )
  return [...methods].flatMap(([whole, , inside = ''], at) => {
    const start = source.text.indexOf(whole) + whole.indexOf(inside)
    const least = Math.min(...[...inside.matchAll(/^([ \t]+)[a-z_]\w*: /gm)].map(([, indent = '']) => indent.length))
    return at > 20 || !/^\s*(?:return\s+)?\{\s*$/m.test(inside)
      ? []
      : [...inside.matchAll(/^([ \t]+)([a-z_]\w*): /gm)]
          .filter(([, indent = '']) => indent.length === least)
          .map(found => ({
            name: found[2] ?? '',
            span: lineSpan(source.lines, positionAt(source.lines, start + found.index).line),
          }))
  })
}

const versioned = /["'`]([\w/{}:.-]*\/?v\d[\w.-]*(?:\/[\w/{}:.-]*)?)["'`]/
const registers =
  /\b(?:app|router|routes?|api|server|r|mux|e|g|engine|blueprint|urlpatterns)\s*\.\s*(?:use|route|get|post|put|patch|delete|all|group|mount|handle|handlefunc|pathprefix|include_router|register_blueprint)\s*\(|^\s*(?:re_)?path\(|^\s*(?:mount|scope|namespace)\b/i

/** A client of the interface looks like a router of that name, but what it is given back is used. */
const asks =
  /(?:\b(?:return|await|yield)\s+|=>\s*|=\s*)(?:this\.)?api\s*\.\s*(?:get|post|put|patch|delete)\s*\(|\bapi\s*\..*\)\s*\.\s*(?:then|catch|subscribe|pipe)\b/i

/** Versions of a public interface whose routes are gone from the whole change. */
export async function versionsGone(artifact: Artifact, source: Source, change: Change): Promise<readonly Slip[]> {
  const { base } = artifact
  if (base === undefined || artifact.hunks.every(({ baseCount }) => baseCount === 0)) return []
  const gone = artifact.hunks.flatMap(hunk =>
    Array.from({ length: Math.min(hunk.baseCount, 500) }, (_, at) => lineText(base.lines, hunk.baseStart + at)).flatMap(
      text => {
        const route =
          registers.test(text) && !asks.test(text) ? (versioned.exec(text)?.[1] ?? symbolVersion(text)) : undefined
        const version = route === undefined ? undefined : /(?:^|[/_])(v\d[\w.-]*)/.exec(route)?.[1]
        return version === undefined || mentions(source.text, version) ? [] : [{ version, line: hunk.headStart }]
      },
    ),
  )
  const first = gone[0]
  if (first === undefined) return []
  for (const file of change.files) {
    if (file.path === artifact.path || file.status === 'deleted') continue
    const text = await change.trees.head.read(file.path)
    if (text !== undefined && text.length < 300_000 && registers.test(text) && mentions(text, first.version)) return []
  }
  const line = Math.min(Math.max(first.line, 1), source.lines.starts.length)
  return [{ what: 'version-gone', name: first.version, span: lineSpan(source.lines, line) }]
}

const symbolVersion = (text: string): string | undefined => /\b(?:namespace|scope)\s*\(?\s*:(v\d\w*)/.exec(text)?.[1]

const mentions = (text: string, version: string): boolean =>
  new RegExp(`(?<![\\w])${version.replace(/\W/g, '\\$&')}(?![\\w])`).test(text)
