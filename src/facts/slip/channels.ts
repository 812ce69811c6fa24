import { changedLines } from '../../artifact/changed-lines.ts'
import { roleOf } from '../../artifact/classify.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { lineSpan } from '../../text/lines.ts'
import type { Slip } from './found.ts'

const names = /topic|queue|exchange|routing_?key|stream|subject|publish|subscri|produce|consume|listen|enqueue/i
/** A channel of a chat is no channel between programs. */
const chats = /slack|discord|teams|telegram|e-?mail|title/i
const quoted = /["'`]([A-Za-z][\w.:/-]{2,80})["'`]/g
const sends = /publish|produc|\bsend|emit\b|enqueue|writer\b|xadd|[lr]push|put_?records?\b|perform_async/i
const receives =
  /consum|subscri|listen|reader\b|receive|xread|b[lr]pop|get_?records\b|basic_?get|deliver|on_?message|process_?message/i
const searched = /\.(rb|py|[cm]?[jt]sx?|go|java|kt|php|rs|exs?|cs|scala|ya?ml|json|toml|properties|env|conf)$|\.env\b/
const mostFiles = 3000
const longestMs = 1500
const largest = 400_000

type Role = 'sends' | 'receives'

/** Topics and queues that the change renames where it sends (or receives), while the other side keeps the old name. */
export async function channelsLeft(artifact: Artifact, source: Source, tree: Tree): Promise<readonly Slip[]> {
  const { base, hunks } = artifact
  if (base === undefined || !names.test(source.text)) return []
  for (const hunk of hunks) {
    if (hunk.baseCount !== hunk.headCount) continue
    const before = changedLines(base.lines, [hunk], 'base')
    for (const [at, now] of changedLines(source.lines, [hunk], 'head').entries()) {
      const renamed = renamedIn(before[at]?.text ?? '', now.text)
      if (renamed === undefined) continue
      const role = roleIn(now.text) ?? roleIn(source.path) ?? roleIn(source.text)
      if (role === undefined || isQuoted(source.text, renamed.was)) continue
      const left = await otherSide(artifact.path, role, renamed, tree)
      if (left === undefined) continue
      return [
        {
          what: 'channel-left',
          name: role,
          before: renamed.was,
          after: renamed.is,
          otherAt: left,
          span: lineSpan(source.lines, now.line),
        },
      ]
    }
  }
  return []
}

interface Renamed {
  readonly was: string
  readonly is: string
}

/** The one name in which two lines differ. */
function renamedIn(before: string, now: string): Renamed | undefined {
  if (before === now || !names.test(now) || chats.test(now) || /^\s*(#|\/\/|\*)/.test(now)) return undefined
  for (const [, was = ''] of before.matchAll(quoted))
    for (const [, is = ''] of now.matchAll(quoted))
      if (was !== is && before.replace(was, is) === now) return { was, is }
  return undefined
}

/** What a text does with messages, where it does only one of both. */
function roleIn(text: string): Role | undefined {
  const [out, back] = [sends.test(text), receives.test(text)]
  return out === back ? undefined : out ? 'sends' : 'receives'
}

const isQuoted = (text: string, name: string): boolean =>
  ['"', "'", '`'].some(mark => text.includes(mark + name + mark))

/** A place that still has the old name on the other side; undefined where the new name is known, or others serve the old one. */
async function otherSide(own: string, role: Role, { was, is }: Renamed, tree: Tree): Promise<string | undefined> {
  const stopAt = performance.now() + longestMs
  let found: string | undefined
  for (const path of (await tree.list())
    .filter(one => searched.test(one) && roleOf(one) === 'live')
    .slice(0, mostFiles)) {
    if (performance.now() > stopAt) return undefined
    if (path === own) continue
    const text = (await tree.read(path)) ?? ''
    if (text.length > largest) continue
    if (text.includes(is) && new RegExp(`(?<![\\w.-])${is.replace(/\W/g, '\\$&')}(?![\\w.-])`).test(text))
      return undefined
    if (!isQuoted(text, was)) continue
    const lines = text.split('\n')
    const at = lines.findIndex(line => isQuoted(line, was) && !/^\s*(#|\/\/|\*)/.test(line))
    const line = lines[at] ?? ''
    const other = roleIn(line) ?? roleIn(path) ?? roleIn(text)
    // Somebody else still feeds it, or reads it, or nobody can say.
    if (other === undefined || other === role) return undefined
    if (names.test(line) || names.test(path)) found ??= `${path}:${at + 1}`
  }
  return found
}
