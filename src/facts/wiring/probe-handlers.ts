import { roleOf } from '../../artifact/classify.ts'
import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Tree } from '../../change/types.ts'
import { type Draft, titleOf } from './draft.ts'
import { containersOf, isWorkload, type Manifest, type Manifests, sameObject } from './objects.ts'

/** Most code files that are searched for the address, and the longest of them. */
const mostFiles = 800
const longestFile = 200_000
const longestHandler = 40

const code = /\.(js|mjs|cjs|ts|py|rb|go|java|kt|php|rs|ex|cs)$/
const routing =
  /(?:^|[.\s@(])(?:get|route|use|all|handle(?:func)?|add_url_rule|add_route|add_api_route|map(?:get|healthchecks)|(?:get|request)mapping|match)\b\s*[("'<]/i
/** A question to another system. */
const asks =
  /\b\w*(?:redis|memcache\w*|mongo\w*|amqp|rabbit\w*|kafka)\w*(?:\(\))?\.(?:ping|set|setex|get|info|command|db|checkQueue|publish|send|fetchTopicMetadata)\w*\(|\bSELECT\s+1\b|\b\w*(?:db|pool|knex|prisma|sequelize|mongoose|database|conn|connection|session|cursor|client)\.(?:query|execute|raw|ping|pingContext|\$queryRaw|authenticate|select_value|active\?)\b|\bActiveRecord::Base\.connection\b/i

/** Liveness probes, new or with another address, that code of the repository answers by asking another system. */
export async function handlerDrafts({ base, head }: Manifests, tree: Tree): Promise<readonly Draft[]> {
  const asked = head.flatMap(workload => (workload.changed && isWorkload(workload) ? freshProbes(workload, base) : []))
  if (asked.length === 0) return []
  const answers = await answersOf(new Set(asked.map(({ path }) => path)), tree)
  return asked.flatMap(({ workload, path, container }): readonly Draft[] => {
    const found = answers.get(path) ?? []
    // Several programs of one repository may answer at the same address: then all of them have to.
    if (found.length === 0 || found.some(({ asksOthers }) => !asksOthers)) return []
    const at = entryOf(valueAt(container, 'livenessProbe', 'httpGet'), 'path')
    const fields = { name: titleOf(workload), target: path, field: 'livenessProbe', held: false, from: workload }
    const places = found.map(({ place }) => place)
    return [{ what: 'probe-handler', ...fields, places, ...(at ? { at: at.keySpan } : {}) }]
  })
}

interface Asked {
  readonly workload: Manifest
  readonly container: Plain
  readonly path: string
}

function freshProbes(workload: Manifest, base: readonly Manifest[]): readonly Asked[] {
  const before = base.find(other => sameObject(other, workload))
  const old = before === undefined ? [] : containersOf(before).flatMap(container => livenessOf(container) ?? [])
  return containersOf(workload).flatMap(container => {
    const path = livenessOf(container)
    return path === undefined || path === '/' || path.includes('{{') || old.includes(path)
      ? []
      : [{ workload, container, path }]
  })
}

function livenessOf(container: Plain): string | undefined {
  return textAt(container, 'livenessProbe', 'httpGet', 'path')
}

interface Answer {
  readonly place: string
  readonly asksOthers: boolean
}

async function answersOf(paths: ReadonlySet<string>, tree: Tree): Promise<ReadonlyMap<string, readonly Answer[]>> {
  const found = new Map<string, Answer[]>()
  const files = (await tree.list()).filter(path => code.test(path) && roleOf(path) === 'live')
  const likely = /health|live|ready|status|probe|route|server|app|main|index|controller/i
  const ordered = [...files.filter(path => likely.test(path)), ...files.filter(path => !likely.test(path))]
  for (const file of ordered.slice(0, mostFiles)) {
    const text = await tree.read(file)
    if (text === undefined || text.length > longestFile) continue
    for (const path of paths) {
      if (!text.includes(path)) continue
      const lines = text.split('\n')
      lines.forEach((line, at) => {
        if (!new RegExp(`["'\`]${path.replace(/\W/g, '\\$&')}/?["'\`]`).test(line) || !routing.test(line)) return
        const body = handlerAt(lines, at)
        if (body === '') return
        found.set(path, [...(found.get(path) ?? []), { place: `${file}:${at + 1}`, asksOthers: asks.test(body) }])
      })
    }
  }
  return found
}

/** What answers: the function that is written there, or the one of that name in the same file. */
function handlerAt(lines: readonly string[], at: number): string {
  const line = lines[at] ?? ''
  const isMark = /^\s*[@[#]/.test(line)
  let from = at
  while (isMark && /^\s*[@[#]/.test(lines[from + 1] ?? '')) from++
  const inner = indented(lines, isMark ? from + 1 : from)
  if (inner !== '') return inner
  const name = /,\s*(?:\w+\.)*(\w+)\s*\)/.exec(line)?.[1]
  if (name === undefined) return /=>|\bfunc(tion)?\b/.test(line) ? line : ''
  const defined = new RegExp(
    `\\b(?:function|def)\\s+${name}\\b|\\b(?:const|let|var)\\s+${name}\\s*=|\\bfunc\\s+(?:\\([^)]*\\)\\s*)?${name}\\(`,
  )
  const start = lines.findIndex(other => defined.test(other))
  return start === -1 ? '' : indented(lines, start)
}

/** The lines below that stand further in. */
function indented(lines: readonly string[], start: number): string {
  const depth = indentOf(lines[start] ?? '')
  const found: string[] = []
  for (const line of lines.slice(start + 1, start + 1 + longestHandler)) {
    if (line.trim() === '') continue
    if (indentOf(line) <= depth) break
    if (!/^\s*(#|\/\/|\*)/.test(line)) found.push(line)
  }
  return found.join('\n')
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
