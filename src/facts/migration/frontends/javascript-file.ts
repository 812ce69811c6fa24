import type { Node } from 'web-tree-sitter'
import { bindPattern, type JsNames, type JsValue, jsChildren, jsValue } from '../../../artifact/javascript.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { JsFile } from './javascript-scope.ts'

/** The two ways of a migration, and what the file says about transactions. */
export interface Migration {
  readonly file: JsFile
  readonly up?: Node
  readonly down?: Node
  /** A call that stands for the whole migration: `module.exports = createAddColumnMigration(…)`. */
  readonly made?: JsValue
  /** `transaction = false`, `config = { transaction: false }`, `isTransactional() { return false }`. */
  readonly bare: boolean
}

const mostDeclarations = 2000

/** Finds `up` and `down`, however the file exports them. */
export function migrationOf(root: Node, source: Source, engine: Engine | undefined): Migration {
  const file: JsFile = {
    root,
    lines: source.lines,
    ...(engine ? { engine } : {}),
    functions: new Map(),
    methods: new Map(),
    constants: new Map(),
    handles: new Set(),
  }
  const exported = new Map<string, JsValue>()
  let whole: JsValue | undefined
  let visits = 0
  const names: JsNames = {
    variable: name => file.constants.get(name) ?? functionNamed(name, file),
    mayVisit: () => visits++ < 20_000,
  }
  const statements = jsChildren(root).slice(0, mostDeclarations)
  for (const statement of statements) hoist(declarationOf(statement), file)
  for (const statement of statements) {
    const node = declarationOf(statement)
    const isExport = statement.type === 'export_statement'
    if (node.type === 'class_declaration' || node.type === 'class' || node.type === 'abstract_class_declaration')
      readClass(node, file)
    else if (node.type === 'lexical_declaration' || node.type === 'variable_declaration') {
      for (const one of jsChildren(node)) {
        const target = one.childForFieldName('name')
        const given = one.childForFieldName('value')
        if (!target || !given) continue
        if (given.type === 'class') readClass(given, file)
        const value = jsValue(given, names)
        bindPattern(target, value, (name, part) => {
          file.constants.set(name, part)
          if (isExport) exported.set(name, part)
        })
      }
    } else if (node.type === 'expression_statement') {
      const [assignment] = jsChildren(node)
      const left = assignment?.childForFieldName('left')
      const right = assignment?.childForFieldName('right')
      if (assignment?.type !== 'assignment_expression' || !left || !right) continue
      const name = /^(?:module\.)?exports\.(\w+)$/.exec(left.text)?.[1]
      if (right.type === 'class') readClass(right, file)
      if (name !== undefined) exported.set(name, jsValue(right, names))
      else if (/^(module\.exports|exports\.default)$/.test(left.text)) whole = jsValue(right, names)
      else if (left.type === 'identifier') file.constants.set(left.text, jsValue(right, names))
    } else if (isExport && node === statement) {
      const given = statement.childForFieldName('value')
      if (given?.type === 'class') readClass(given, file)
      else if (given) whole = jsValue(given, names)
    }
  }
  return found(file, exported, whole)
}

const declarationOf = (statement: Node): Node =>
  statement.type === 'export_statement' ? (statement.childForFieldName('declaration') ?? statement) : statement

function hoist(node: Node, file: JsFile): void {
  const name = node.childForFieldName('name')?.text
  if (/^(generator_)?function_declaration$/.test(node.type) && name !== undefined) file.functions.set(name, node)
}

function functionNamed(name: string, file: JsFile): JsValue | undefined {
  const node = file.functions.get(name)
  return node && { kind: 'function', node }
}

function readClass(node: Node, file: JsFile): void {
  const body = node.childForFieldName('body')
  const members = body ? jsChildren(body) : []
  const nameOf = (member: Node): string =>
    (member.childForFieldName('name') ?? member.childForFieldName('property'))?.text ?? ''
  // A second class is the migration when the first has no `up`.
  if (file.methods.has('up')) return
  for (const member of members) {
    const value = member.childForFieldName('value')
    if (member.type === 'method_definition') file.methods.set(nameOf(member), member)
    else if (value && /^(arrow_function|function_expression)$/.test(value.type)) file.methods.set(nameOf(member), value)
    else if (value)
      file.constants.set(`this.${nameOf(member)}`, jsValue(value, { variable: name => file.constants.get(name) }))
  }
}

function found(file: JsFile, exported: ReadonlyMap<string, JsValue>, whole: JsValue | undefined): Migration {
  const objects = [whole, ...file.constants.values()].flatMap(value => [value, ...argumentsOf(value)])
  const holder = objects.find(value => value?.kind === 'object' && value.entries.has('up'))
  const given = argumentsOf(whole).filter(value => value.kind === 'function')
  const way = (name: 'up' | 'down', position: number): Node | undefined => {
    const options: readonly (JsValue | undefined)[] = [
      exported.get(name),
      holder?.kind === 'object' ? holder.entries.get(name) : undefined,
      given[position],
      functionNamed(name, file),
      file.constants.get(name),
    ]
    const value = options.find(
      one => one?.kind === 'function' || argumentsOf(one).some(part => part.kind === 'function'),
    )
    const node = value?.kind === 'function' ? value : argumentsOf(value).find(part => part.kind === 'function')
    return file.methods.get(name) ?? (node?.kind === 'function' ? node.node : undefined)
  }
  const up = way('up', 0) ?? whenWhole(whole) ?? file.methods.get('migrate')
  const down = way('down', 1)
  const settings = [exported.get('config'), holder?.kind === 'object' ? holder.entries.get('config') : undefined]
  const bare =
    settings.some(value => value?.kind === 'object' && isOff(value.entries.get('transaction'))) ||
    isOff(file.constants.get('this.transaction')) ||
    isOff(exported.get('transaction')) ||
    isOff(exported.get('useTransaction')) ||
    /\breturn\s+false\b/.test(file.methods.get('isTransactional')?.text.slice(0, 500) ?? '') ||
    (whole?.kind === 'call' && /nontransactional/i.test(whole.name))
  return {
    file,
    ...(up ? { up } : {}),
    ...(down ? { down } : {}),
    ...(whole?.kind === 'call' && !up ? { made: whole } : {}),
    bare,
  }
}

const whenWhole = (whole: JsValue | undefined): Node | undefined =>
  whole?.kind === 'function' ? whole.node : undefined

const argumentsOf = (value: JsValue | undefined): readonly JsValue[] => (value?.kind === 'call' ? value.arguments : [])

const isOff = (value: JsValue | undefined): boolean => value?.kind === 'boolean' && !value.value
