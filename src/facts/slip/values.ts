import { roleOf } from '../../artifact/classify.ts'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { spanOf } from '../../text/lines.ts'
import { freshMatches, type Slip } from './found.ts'

const constant = /\b([A-Z]\w{3,})(?:\s+[A-Z]\w*)?\s*(?:=|\()\s*(0x[\da-fA-F]+|1\s*<<\s*\d+|\d{1,6})\b/g
const longestMs = 1500
const mostFiles = 3000

interface Constant {
  readonly name: string
  readonly value: string
  readonly offset: number
}

/** A number that stood for one thing stands for another, while code for the first is still there. */
export async function valuesReused(artifact: Artifact, source: Source, tree: Tree): Promise<readonly Slip[]> {
  const { base } = artifact
  if (base === undefined || !artifact.hunks.some(({ baseCount }) => baseCount > 0)) return []
  const before = constantsIn(base.text)
  const after = constantsIn(source.text)
  // One number by itself is a setting; several are a code that others know.
  if (before.length < 2 || after.length < 2) return []
  const slips: Slip[] = []
  for (const now of after) {
    const span = spanOf(source.lines, now.offset, now.offset + now.name.length)
    if (!touches(artifact, 'head', span) || isNamed(base.text, now.name)) continue
    const old = before.find(({ name, value }) => value === now.value && !isNamed(source.text, name))
    if (old === undefined || words(old.name).some(word => words(now.name).includes(word))) continue
    if (before.filter(({ value }) => value === old.value).length > 1) continue
    const otherAt = await mentionOf(old.name, artifact.path, tree)
    if (otherAt !== undefined)
      slips.push({ what: 'value-reused', name: now.name, before: old.name, after: now.value, otherAt, span })
  }
  return slips
}

function constantsIn(text: string): readonly Constant[] {
  return [...text.matchAll(constant)].map(found => ({
    name: found[1] ?? '',
    value: (found[2] ?? '').replace(/\s/g, '').toLowerCase(),
    offset: found.index,
  }))
}

const isNamed = (text: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(text)

function words(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter(word => word.length > 2)
}

/** Where another live file still names the old meaning, in whatever way the language writes names. */
async function mentionOf(name: string, own: string, tree: Tree): Promise<string | undefined> {
  const parts = words(name)
  if (parts.join('').length < 6) return undefined
  const named = new RegExp(`(?<![a-z])${parts.join('[_-]?')}(?![a-z])`, 'i')
  const ending = own.slice(own.lastIndexOf('.'))
  const stopAt = performance.now() + longestMs
  for (const path of (await tree.list())
    .filter(other => other.endsWith(ending) && other !== own && roleOf(other) === 'live')
    .slice(0, mostFiles)) {
    if (performance.now() > stopAt) return undefined
    const text = await tree.read(path)
    const found = text === undefined || text.length > 400_000 ? null : named.exec(text)
    if (found !== null && text !== undefined) return `${path}:${text.slice(0, found.index).split('\n').length}`
  }
  return undefined
}

/** Rust that takes over new settings or data while it runs, and panics when they cannot be read. */
export function panicsOnReload(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.language !== 'rust' || /(^|\/)(main|build)\.rs$|(^|\/)(benches|examples)\//.test(artifact.path))
    return []
  const cut = source.text.search(/^\s*#\[cfg\(test\)\]/m)
  return freshMatches(
    artifact,
    source,
    /\b((?:from_\w+|parse\w*|load\w*|deserialize\w*|read_\w+|fetch\w*|decode\w*|try_from)(?:::<[^>]*>)?)\([^;()]+(?:\([^()]*\)[^;()]*)*\)(?:\s*\.await)?\s*\.(unwrap|expect)\(/g,
  ).flatMap(({ match, span }): readonly Slip[] => {
    const start = source.lines.starts[span.line - 1] ?? 0
    if (cut !== -1 && start > cut) return []
    const around = [...source.text.slice(0, start + 1).matchAll(/\bfn\s+(\w+)/g)].at(-1)?.[1] ?? ''
    return /reload|refresh|hot_?swap|on_(update|change)|config_changed|apply_(config|update)/.test(around)
      ? [{ what: 'panics-on-reload', name: around, after: match[1] ?? '', span }]
      : []
  })
}
