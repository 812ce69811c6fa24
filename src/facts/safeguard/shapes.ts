import type { Tree } from '../../change/types.ts'
import { escapePattern } from '../../text/pattern.ts'
import { type Loss, type Sides, short, spanOfText } from './found.ts'

/** What is kept under a key, by the end of the expression that makes it. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/\.(as_json|to_h|to_hash|attributes|serializable_hash|index_by|group_by|each_with_object|tally)\b[^.]*$/, 'a hash'],
  [/\.(to_json|to_s|to_xml|render|join|generate)\b[^.]*$/, 'a text'],
  [/\.(pluck|ids|map|flat_map|collect)\b[^.]*$/, 'a list of values'],
  [/\.(count|sum|size|length|maximum|minimum|to_i|average)\b[^.]*$/, 'a number'],
  [
    /\.(find|find_by|find_by!|first|first!|last|take|find_or_create_by!?)(\([^()]*(\([^()]*\)[^()]*)*\))?\s*$/,
    'a record with all it loaded',
  ],
  [/\.(where|includes|all|order|limit|joins|preload|load)(\([^()]*(\([^()]*\)[^()]*)*\))?(\.to_a)?\s*$/, 'records'],
]

const fetches = /^([ \t]*).*\bRails\.cache\.fetch\(?\s*(\[[^\]\n]*\]|"[^"\n]*"|'[^'\n]*')[^\n]*\bdo\s*$/gm

/** Entries of the cache that keep their key while what is stored under it has another form. */
export function cachedForms({ artifact, base, head }: Sides): readonly Loss[] {
  if (artifact.language !== 'ruby') return []
  const before = new Map(entriesOf(base.text).map(entry => [entry.key, entry]))
  return entriesOf(head.text).flatMap((entry): readonly Loss[] => {
    const old = before.get(entry.key)
    const [was, is] = [formOf(old?.body ?? ''), formOf(entry.body)]
    const span = spanOfText(head, entry.last)
    if (was === undefined || is === undefined || was === is || span === undefined) return []
    return [{ what: 'cached-form', name: entry.key.replace(/^["']|["']$/g, ''), before: was, after: is, span }]
  })
}

interface Entry {
  readonly key: string
  readonly body: string
  readonly last: string
}

function entriesOf(text: string): readonly Entry[] {
  return [...text.matchAll(fetches)].flatMap(found => {
    const [whole, indent = '', key = ''] = found
    const rest = text.slice(found.index + whole.length + 1)
    const end = new RegExp(`^${indent}end\\b`, 'm').exec(rest)
    if (end === null || end.index > 2000) return []
    const body = rest.slice(0, end.index).trim()
    return [{ key, body, last: body.split('\n').at(-1)?.trim() ?? '' }]
  })
}

function formOf(body: string): string | undefined {
  const last = body.split('\n').at(-1)?.trim() ?? ''
  return forms.find(([pattern]) => pattern.test(last))?.[1]
}

/** A panic of a handler that ended with it, and now ends the process. */
export function lostRecovery({ artifact, base, head, gone, arrived }: Sides): readonly Loss[] {
  if (artifact.language !== 'go' || !gone.some(line => /\brecover\(\)/.test(line))) return []
  if (/\brecover\(\)|[rR]ecover\w*\(|SafeGo|safego|\bconc\b|errgroup/.test(arrived)) return []
  const at = base.text.indexOf('recover()')
  const owner = /\bfunc\s+(?:\([^)]*\)\s*)?(\w+)\(/g
  const name = [...base.text.slice(0, at).matchAll(owner)].at(-1)?.[1]
  if (name === undefined || !new RegExp(`\\bfunc\\s+(?:\\([^)]*\\)\\s*)?${name}\\(`).test(head.text)) return []
  // Without work that nobody else catches, the panic goes up to a caller.
  const started =
    /^[^\n/]*(?:\bgo\s+(?:func\b|[\w.]+\()|\.(?:Receive|Subscribe|QueueSubscribe|Consume|Handle)\()[^\n]*/m
  const arrivedGo = artifact.hunks.length > 0 ? started.exec(arrived)?.[0] : undefined
  const line = arrivedGo ?? started.exec(head.text)?.[0]
  const span = line === undefined ? undefined : spanOfText(head, line.trim())
  return span === undefined ? [] : [{ what: 'panic-guard', name, before: 'recover()', span }]
}

const loads =
  /\b((?:YAML|Psych)\.(?:safe_|unsafe_)?load(?:_file)?|JSON\.(?:parse|load_file)|yaml\.(?:safe_)?load|json\.loads?|JSON\.parse)(\((?:[^()]|\([^()]*\))*\))/
const below = /^(?:\[[^\]]+\]|\.(?:fetch|dig|get)\([^)]*\)|\.(?:production|development)\b)/

/** A configuration file that each installation keeps by itself, of which the code now reads another level than before. */
export async function changedLevels({ artifact, head, gone, come }: Sides, tree: Tree): Promise<readonly Loss[]> {
  const found = come.flatMap(line => {
    const call = loads.exec(line)
    if (call === null) return []
    const [whole, name = '', given = ''] = call
    const rest = line.slice(call.index + whole.length)
    const level = below.exec(rest)?.[0]
    const same = new RegExp(`${escapePattern(name + given)}(?!\\s*(?:\\[|\\.(?:fetch|dig|get)\\())`)
    return level !== undefined && gone.some(old => same.test(old)) ? [{ line, level }] : []
  })
  const [first] = found
  if (first === undefined) return []
  const span = spanOfText(head, first.line.trim())
  const names = [...head.text.matchAll(/["']((?:[\w.-]+\/)*([\w-]+\.(?:ya?ml|json)))["']/g)].map(
    ([, , name = '']) => name,
  )
  if (span === undefined || names.length === 0) return []
  const paths = await tree.list()
  const own = names.find(
    name =>
      !paths.some(path => path === name || path.endsWith(`/${name}`)) &&
      paths.some(path =>
        new RegExp(`(^|/)${escapePattern(name)}[.-](example|sample|dist|template|default)$`).test(path),
      ),
  )
  return own === undefined || artifact.head === undefined
    ? []
    : [
        {
          what: 'config-level',
          name: own,
          before: short(first.line.replace(first.level, '').trim()),
          after: first.level,
          span,
        },
      ]
}
