import type { Artifact, Source } from '../../artifact/types.ts'
import type { Change, NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { underscore } from '../migration/frontends/rails-names.ts'
import type { Extraction, FactContext } from '../types.ts'
import { databaseEnums } from './database.ts'
import { type Member, membersIn, storesValuesOf } from './enumerations.ts'
import type { StoredNameFact } from './fields.ts'
import { type RubyClass, rubyClasses, storedAs } from './ruby.ts'
import { isRewritten, placesOf } from './search.ts'
import { pythonTasks, type Task } from './tasks.ts'

/** Names that queues and rows hold and that the change takes out of the code. */
export async function extractStoredNames({ change }: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: StoredNameFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const ruby = once(() => rubyAfter(change))
  const tasks = once(() => tasksAfter(change))
  for (const artifact of artifacts) {
    const { base } = artifact
    try {
      if (artifact.kind.endsWith('-migration')) {
        facts.push(...(await databaseEnums(artifact, change)))
        continue
      }
      if (base === undefined) continue
      if (base.path.endsWith('.rb')) facts.push(...(await rubyFacts(artifact, base, change, ruby)))
      if (base.path.endsWith('.py')) facts.push(...(await taskFacts(artifact, base, change, tasks)))
      facts.push(...(await memberFacts(artifact, base, change)))
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `names kept in data could not be compared: ${messageOf(error)}` })
    }
  }
  return { facts, notAnalysed }
}

interface Head {
  readonly path: string
  readonly text: string
  readonly added: boolean
}

/** The head of every changed file with this ending. */
async function heads(ending: string, change: Change): Promise<readonly Head[]> {
  const found: Head[] = []
  for (const { path, status } of change.files) {
    const text = path.endsWith(ending) && status !== 'deleted' ? await change.trees.head.read(path) : undefined
    if (text !== undefined) found.push({ path, text, added: status === 'added' })
  }
  return found
}

function factAt(artifact: Artifact, line: number): Pick<StoredNameFact, 'kind' | 'path' | 'side' | 'span'> {
  return {
    kind: 'stored-name',
    path: artifact.path,
    side: 'base',
    span: { line, column: 1, endLine: line, endColumn: 1 },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** The changed Ruby files at head, with the classes they declare by name. */
interface RubyAfter {
  readonly files: readonly Head[]
  readonly classes: ReadonlyMap<string, RubyClass>
  /** Classes of new files, to find where a body went. */
  readonly fresh: readonly RubyClass[]
}

async function rubyAfter(change: Change): Promise<RubyAfter> {
  const files = await heads('.rb', change)
  const declared = files.map(({ text, added }) => ({ added, classes: rubyClasses(text) }))
  return {
    files,
    classes: new Map(declared.flatMap(({ classes }) => classes).map(item => [item.name, item])),
    fresh: declared.filter(({ added }) => added).flatMap(({ classes }) => classes),
  }
}

async function tasksAfter(change: Change): Promise<readonly Task[]> {
  return (await heads('.py', change)).flatMap(({ path, text }) => pythonTasks(path, text))
}

async function rubyFacts(
  artifact: Artifact,
  base: Source,
  change: Change,
  after: () => Promise<RubyAfter>,
): Promise<readonly StoredNameFact[]> {
  const before = rubyClasses(base.text)
  const own = new Set(artifact.head === undefined ? [] : rubyClasses(artifact.head.text).map(({ name }) => name))
  if (before.every(({ name }) => own.has(name))) return []
  const { files, classes: present, fresh } = await after()
  const gone = before.filter(({ name }) => !present.has(name))
  const facts: StoredNameFact[] = []
  for (const item of gone) {
    const stored = storedAs(item, await modelsAmong(item.parent, change))
    const last = item.name.slice(item.name.lastIndexOf(':') + 1)
    const kept = new RegExp(
      `(?<![\\w.@$])${last}\\s*=\\s*[A-Z]|const_set\\(?\\s*:${last}\\b|['"]${item.name}['"]\\s*=>`,
    )
    if (stored === undefined || files.some(({ text }) => kept.test(text))) continue
    const word = new RegExp(`(?<![\\w.@$'"/-])(?:::)?${last}\\b(?!::|\\s*<\\s*[A-Z])`)
    const queued = new RegExp(
      `\\b${last}(?:\\.set\\([^)]*\\))?\\.(?:perform_later|perform_async|perform_in|perform_at|perform_bulk|enqueue|delay)\\b`,
    )
    facts.push({
      ...factAt(artifact, item.line),
      stored,
      name: item.name,
      container: item.parent,
      successor: successorOf(item, artifact, before, fresh),
      usedAt: stored === 'job' ? await placesOf(queued, /\.(rb|rake|erb)$/, change, 'base') : [],
      leftAt:
        stored === 'job'
          ? await placesOf(
              new RegExp(`${queued.source}|\\bclass:\\s*['"]?(?:\\w+::)*${last}['"]?\\s*(?:,|\\}|$)`),
              /\.(rb|rake|erb|ya?ml)$/,
              change,
              'head',
            )
          : await placesOf(word, /^app\/.*\.(rb|erb)$/, change, 'head'),
      rewritten: await isRewritten(item.name, change),
    })
  }
  return facts
}

/** The parent as a set, where it is a model with a table of its own: its children are kept apart by the `type` column. */
async function modelsAmong(parent: string, change: Change): Promise<ReadonlySet<string>> {
  if (parent === '' || /Record$|Job$|Controller$|Error$|Base$|Mailer$|Component$|Policy$|Serializer$/.test(parent))
    return new Set()
  const path = `app/models/${parent.split('::').map(underscore).join('/')}.rb`
  const text = await change.trees.base.read(path)
  const own = text === undefined ? undefined : rubyClasses(text).find(({ name }) => name === parent)
  const isTable =
    own !== undefined &&
    /(^|::)(ApplicationRecord|ActiveRecord::Base)$/.test(own.parent) &&
    !/abstract_class\s*=\s*true|inheritance_column\s*=\s*(nil|:_)/.test(own.body)
  return new Set(isTable ? [parent] : [])
}

function successorOf(
  item: RubyClass,
  artifact: Artifact,
  before: readonly RubyClass[],
  fresh: readonly RubyClass[],
): string {
  const known = new Set(before.map(({ name }) => name))
  const own =
    artifact.head === undefined
      ? []
      : rubyClasses(artifact.head.text).filter(({ name, parent }) => !known.has(name) && parent === item.parent)
  if (own.length === 1) return own[0]?.name ?? ''
  const body = inside(item)
  const same = fresh.find(other => inside(other) === body)
  return same?.name ?? ''
}

const inside = ({ body }: RubyClass): string => body.slice(body.indexOf('\n') + 1).replace(/\s+/g, '')

/** The folder that Python starts from is not known: `apps.api.shop.tasks.send` is `shop.tasks.send` to the queue. */
function isSameTask(stored: string, other: string): boolean {
  return stored === other || stored.endsWith(`.${other}`)
}

async function taskFacts(
  artifact: Artifact,
  base: Source,
  change: Change,
  tasks: () => Promise<readonly Task[]>,
): Promise<readonly StoredNameFact[]> {
  const before = pythonTasks(base.path, base.text)
  if (before.length === 0) return []
  const after = await tasks()
  const present = new Set(after.map(({ stored }) => stored))
  const facts: StoredNameFact[] = []
  for (const task of before.filter(({ stored }) => ![...present].some(other => isSameTask(stored, other)))) {
    const own = artifact.head === undefined ? [] : pythonTasks(artifact.path, artifact.head.text)
    const added = own.filter(({ stored }) => !before.some(other => other.stored === stored))
    const moved = after.find(({ name }) => name === task.name)
    const queued = new RegExp(
      `\\b${task.name}\\.(?:delay|apply_async|send|send_with_options|s|si)\\(|send_task\\(\\s*["']${task.stored.replaceAll('.', '\\.')}["']`,
    )
    const scheduled = new RegExp(`["'](?:\\w+\\.)*${task.stored.split('.').slice(-2).join('\\.')}["']`)
    facts.push({
      ...factAt(artifact, task.line),
      stored: 'task',
      name: task.stored,
      container: '',
      successor: moved?.stored ?? (added.length === 1 ? (added[0]?.stored ?? '') : ''),
      usedAt: await placesOf(queued, /\.py$/, change, 'base'),
      leftAt: await placesOf(scheduled, /\.(py|ya?ml|json|toml)$/, change, 'head'),
      rewritten: false,
    })
  }
  return facts
}

async function memberFacts(artifact: Artifact, base: Source, change: Change): Promise<readonly StoredNameFact[]> {
  const { head } = artifact
  if (head === undefined) return []
  const before = membersIn(base.path, base.text)
  if (before.length === 0) return []
  const after = membersIn(head.path, head.text)
  const facts: StoredNameFact[] = []
  for (const container of new Set(before.map(member => member.container))) {
    const was = before.filter(member => member.container === container)
    const is = after.filter(member => member.container === container)
    // An enumeration that is gone altogether went with what used it.
    if (is.length === 0) continue
    const shifted = was.find(
      ({ name, value, byPosition }) =>
        byPosition && is.some(one => one.byPosition && one.name === name && one.value !== value),
    )
    const lost = was.filter(({ value }) => !is.some(one => one.value === value))
    const member = shifted ?? (lost.length < was.length ? lost[0] : undefined)
    if (member === undefined) continue
    const usedAt = base.path.endsWith('.rb') ? [] : await storedAt(member, base, change)
    if (!base.path.endsWith('.rb') && usedAt.length === 0) continue
    const added = is.filter(({ value }) => !was.some(one => one.value === value))
    facts.push({
      ...factAt(artifact, member.line),
      stored: shifted === undefined ? 'enum-value' : 'enum-position',
      name: member.name,
      container,
      successor: added.length === 1 && lost.length === 1 ? (added[0]?.name ?? '') : '',
      usedAt,
      leftAt: [],
      rewritten: (await isRewritten(member.value, change)) || (await isRewritten(member.name, change)),
    })
  }
  return facts
}

/** Where values of the enumeration are read from rows or documents. */
async function storedAt({ container }: Member, base: Source, change: Change): Promise<readonly string[]> {
  const pattern = storesValuesOf(container, base.path)
  const own = pattern.exec(base.text)
  if (own !== null) return [`${base.path}:${base.text.slice(0, own.index).split('\n').length}`]
  const ending = new RegExp(`\\${base.path.slice(base.path.lastIndexOf('.'))}$`)
  return placesOf(pattern, ending, change, 'head')
}
