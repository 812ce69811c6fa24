import { roleOf } from '../../artifact/classify.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { Change, Tree } from '../../change/types.ts'
import { spanOf } from '../../text/lines.ts'
import type { Slip } from './found.ts'

interface Shape {
  readonly name: string
  readonly fields: readonly { readonly name: string; readonly needed: boolean; readonly offset: number }[]
}

interface Form {
  /** Name in the first group, fields in the second. */
  readonly shape: RegExp
  /** Name in the first group, type in the second, what stands before it on lines of its own in `attributes`. */
  readonly field: RegExp
  needed(type: string, attributes: string): boolean
}

const forms: Readonly<Record<string, Form>> = {
  scala: {
    shape:
      /^[ \t]*(?:@\w+(?:\([^)\n]*\))?[ \t]+)*(?:final\s+)?case\s+class\s+(\w+)(?:\[[^\]]*\])?\s*\(\n([\s\S]*?)\n\s*\)/gm,
    field: /^\s*(?:val\s+)?(\w+)\s*:\s*([^\n]+?),?\s*$/,
    needed: type => !/^Option\[|=/.test(type),
  },
  rust: {
    shape:
      /#\[derive\([^)]*\bDeserialize\b[^)]*\)\]\s*(?:#\[(?![^\]]*\bdefault\b)[^\]]*\]\s*)*pub(?:\([^)]*\))?\s+struct\s+(\w+)\s*\{\n([\s\S]*?)\n\s*\}/g,
    field: /^\s*pub(?:\([^)]*\))?\s+(\w+)\s*:\s*([^\n]+?),?\s*$/,
    needed: (type, attributes) =>
      !/^Option</.test(type) && !/\b(default|skip|flatten|with|deserialize_with)\b/.test(attributes),
  },
  kotlin: {
    shape:
      /@Serializable\s*(?:@\w+(?:\([^)]*\))?\s*)*(?:public\s+|internal\s+)?data\s+class\s+(\w+)\s*\(\n([\s\S]*?)\n\s*\)/g,
    field: /^\s*(?:@[^\n]*\s)?va[lr]\s+(\w+)\s*:\s*([^\n]+?),?\s*$/,
    needed: type => !type.includes('='),
  },
  python: {
    shape: /^class\s+(\w+)\((?:\w+\.)?(?:BaseModel|Struct)\):\n((?:[ \t]+[^\n]*\n|\n)*)/gm,
    field: /^[ \t]+([a-z_]\w*)\s*:\s*([^\n#]+?)\s*(?:#.*)?$/,
    needed: type => !type.includes('='),
  },
}

/** Things that are written by one release and read by another: from a queue, a store, an index. */
const outlives =
  /(Event|Message|Job|Task|Payload|Document|Record|Snapshot|Session|Checkpoint|Envelope|State|Location)(V\d+|Data)?$/
const passing = /(Request|Response|Config|Settings|Args|Params|Query|Form|Body|Input|Output|Options)$/
const kept =
  /(^|\/)[\w-]*(events?|messages?|jobs?|queues?|tasks?|stores?|storage|snapshots?|sessions?|documents?|internal_model|index(ed|er|ing)?|pipeline)[\w-]*(\/|\.)/i

/** Fields that a stored or queued shape begins to need, which what was written before does not have. */
export async function newlyRequired(artifact: Artifact, source: Source, change: Change): Promise<readonly Slip[]> {
  const form = forms[artifact.language]
  if (form === undefined || artifact.base === undefined) return []
  const before = new Map(shapesIn(artifact.base.text, form).map(shape => [shape.name, shape]))
  const slips: Slip[] = []
  for (const shape of before.size === 0 ? [] : shapesIn(source.text, form)) {
    const old = before.get(shape.name)
    const isKept =
      outlives.test(shape.name) ||
      (artifact.language === 'scala' && kept.test(artifact.path) && !passing.test(shape.name))
    if (old === undefined || old.fields.length === 0 || !isKept) continue
    const known = new Set(old.fields.map(({ name }) => name))
    // A field in the place of another was renamed, which is told apart elsewhere; here one comes and none goes.
    const names = new Set(shape.fields.map(({ name }) => name))
    if ([...known].some(name => !names.has(name))) continue
    const field = shape.fields.find(({ name, needed }) => needed && !known.has(name))
    if (field === undefined) continue
    const span = spanOf(source.lines, field.offset, field.offset + field.name.length)
    if (!touches(artifact, 'head', span) || rewrites(change, artifact.path)) continue
    const readAt = await decodedAt(shape.name, artifact, change.trees.head)
    if (readAt !== undefined)
      slips.push({ what: 'newly-required', name: field.name, before: shape.name, otherAt: readAt, span })
  }
  return slips
}

function shapesIn(text: string, { shape, field, needed }: Form): readonly Shape[] {
  return [...text.matchAll(shape)].map(found => {
    const [whole, name = '', inside = ''] = found
    let offset = found.index + whole.indexOf(inside, whole.indexOf(name))
    let attributes = ''
    const fields: { name: string; needed: boolean; offset: number }[] = []
    for (const line of inside.split('\n')) {
      const at = field.exec(line)
      if (at !== null) {
        const own = at[1] ?? ''
        fields.push({ name: own, needed: needed(at[2] ?? '', attributes), offset: offset + line.indexOf(own) })
        attributes = ''
      } else if (/^\s*(#\[|@)/.test(line)) attributes += line
      else if (/^\s*(def|async def|fn|class)\b/.test(line)) break
      offset += line.length + 1
    }
    return { name, fields }
  })
}

/** The change also makes the store anew, or another index beside it. */
function rewrites({ files }: Change, own: string): boolean {
  return files.some(
    ({ path }) => path !== own && /reindex|backfill|migrat|mapping|index_?config|elastic_?config/i.test(path),
  )
}

const mostFiles = 3000
const longestMs = 1500

/** Where the shape is decoded. In Rust, Kotlin and Python the shape itself says that it is; in Scala a decoder is derived for it. */
async function decodedAt(name: string, artifact: Artifact, tree: Tree): Promise<string | undefined> {
  const { path } = artifact
  if (artifact.language !== 'scala') return path
  const decoder = new RegExp(
    `\\b(?:Decoder|decode|fromJson|as|read|readValue|parseAs|JsonDecoder|Codec|Reads|Format|ReadWriter|macroRW)\\[${name}\\]|@(?:Configured)?JsonCodec(?:\\([^)]*\\))?\\s+(?:final\\s+)?case\\s+class\\s+${name}\\b|derive\\w*Decoder\\[${name}\\]|Json\\.(?:reads|format)\\[${name}\\]|jsonFormat\\d+\\(${name}\\b`,
  )
  const stopAt = performance.now() + longestMs
  for (const other of (await tree.list())
    .filter(one => one.endsWith('.scala') && roleOf(one) === 'live')
    .slice(0, mostFiles)) {
    if (performance.now() > stopAt) return undefined
    const text = await tree.read(other)
    const found = text === undefined ? null : decoder.exec(text)
    if (found !== null && text !== undefined) return `${other}:${text.slice(0, found.index).split('\n').length}`
  }
  return undefined
}
