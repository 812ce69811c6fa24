import type { ChangedFile, NotAnalysed, Tree } from '../../change/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { SettingFact } from './index.ts'
import { isSettingPath } from './paths.ts'
import { type Setting, settingsOf } from './read.ts'

/** Longest file that is read. */
const mostText = 500_000
const longestValue = 200

/** Finds the settings that the change adds, alters or removes. */
export async function extractSettings({ change }: FactContext): Promise<Extraction> {
  const facts: SettingFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const file of change.files) {
    // A new program has no users yet, and one that is gone has none any more.
    if (file.status === 'added' || file.status === 'deleted' || !isSettingPath(file.path)) continue
    try {
      const [base, head] = await Promise.all([read(file, 'base'), read(file, 'head')])
      if (base === undefined || head === undefined || base === head) continue
      const found = differences(file.path, await settingsOf(file.path, base), await settingsOf(file.path, head))
      const again = found.some(({ building }) => building) ? await setAtStart(file.path, head, change.trees.head) : none
      facts.push(...found.filter(fact => !again(fact)))
    } catch {
      notAnalysed.push({ path: file.path, reason: 'its settings could not be read' })
    }
  }
  return { facts, notAnalysed }
}

const none = (): boolean => false

/** What `config.exs` compiles in does not count where `runtime.exs` sets the same module's settings when the release starts. */
async function setAtStart(path: string, text: string, tree: Tree): Promise<(fact: SettingFact) => boolean> {
  const runtime = (await tree.read(path.replace(/[^/]*$/, 'runtime.exs'))) ?? ''
  const lines = text.split('\n')
  return ({ building, span }) => {
    const block = lines.slice(0, span.line).findLast(line => /^\s*config\s+:/.test(line))
    const target = /config\s+(:\w+,\s*[A-Z][\w.]*)/.exec(block ?? '')?.[1]?.replace(/\s+/g, ' ')
    return building && target !== undefined && new RegExp(`config ${target.replace(/\./g, '\\.')}\\b`).test(runtime)
  }
}

async function read(file: ChangedFile, side: 'base' | 'head'): Promise<string | undefined> {
  const content = await file.read(side)
  return content && 'text' in content && content.text.length <= mostText ? content.text : undefined
}

/** Pairs the settings of both sides by name and block; equal values are no difference. */
function differences(path: string, base: readonly Setting[], head: readonly Setting[]): readonly SettingFact[] {
  const before = grouped(base)
  const after = grouped(head)
  const counts = new Map<string, number>()
  for (const { name } of base) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(key => {
    const old = [...(before.get(key) ?? [])]
    const inBlock = old.length
    const fresh = (after.get(key) ?? []).filter(setting => {
      const same = old.findIndex(({ value }) => value === setting.value)
      if (same !== -1) old.splice(same, 1)
      return same === -1
    })
    return Array.from({ length: Math.max(old.length, fresh.length) }, (_, at) => {
      const [was, is] = [old[at], fresh[at]]
      const one = is ?? was
      if (one === undefined) return []
      const others = (counts.get(one.name) ?? 0) - (was ? 1 : 0)
      const neighbours =
        one.program === 'nginx'
          ? [...new Set(head.filter(({ within }) => within === one.within).map(({ name }) => name))]
          : []
      return [factOf(path, one, was, is, { others, beside: inBlock - (was ? 1 : 0), neighbours })]
    }).flat()
  })
}

function grouped(settings: readonly Setting[]): ReadonlyMap<string, readonly Setting[]> {
  const groups = new Map<string, Setting[]>()
  for (const setting of settings) {
    const key = `${setting.within}\n${setting.name}`
    groups.set(key, [...(groups.get(key) ?? []), setting])
  }
  return groups
}

function factOf(
  path: string,
  { program, name, within, span, building }: Setting,
  was: Setting | undefined,
  is: Setting | undefined,
  counts: Pick<SettingFact, 'others' | 'beside' | 'neighbours'>,
): SettingFact {
  return {
    kind: 'setting',
    path,
    side: is ? 'head' : 'base',
    span,
    program,
    name,
    within,
    change: was && is ? 'changed' : is ? 'added' : 'removed',
    base: was?.value.slice(0, longestValue) ?? '',
    head: is?.value.slice(0, longestValue) ?? '',
    ...counts,
    building: building === true,
  }
}
