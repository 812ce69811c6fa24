import type { Node } from 'web-tree-sitter'
import { type PyValue, pyChildren, pyValue } from '../../../artifact/python.ts'

/** What a Python file declares at its top. */
export interface PyFile {
  readonly root: Node
  readonly functions: ReadonlyMap<string, Node>
  readonly classes: ReadonlyMap<string, Node>
  readonly constants: ReadonlyMap<string, PyValue>
  /** Names that come from other modules: `fill` → `app.backfill.fill`. */
  readonly imported: ReadonlyMap<string, string>
}

/** Reads the declarations of a module. `known` makes more of calls and attributes (see PyNames). */
export function pyFile(root: Node, known?: (value: PyValue) => PyValue | undefined): PyFile {
  const functions = new Map<string, Node>()
  const classes = new Map<string, Node>()
  const constants = new Map<string, PyValue>()
  const imported = new Map<string, string>()
  const variable = (name: string): PyValue | undefined => constants.get(name) ?? functionNamed(name, functions)
  const read = (nodes: readonly Node[], depth: number): void => {
    for (const child of nodes) {
      const node = child.type === 'decorated_definition' ? (child.childForFieldName('definition') ?? child) : child
      const name = node.childForFieldName('name')?.text
      if (node.type === 'function_definition' && name !== undefined) functions.set(name, node)
      else if (node.type === 'class_definition' && name !== undefined) classes.set(name, node)
      else if (node.type === 'import_from_statement' || node.type === 'import_statement') imports(node, imported)
      else if (node.type === 'expression_statement') {
        const [assignment] = pyChildren(node)
        const left = assignment?.childForFieldName('left')
        const right = assignment?.childForFieldName('right')
        if (assignment?.type === 'assignment' && left?.type === 'identifier' && right) {
          const value = pyValue(right, { variable, ...(known ? { known } : {}) })
          constants.set(left.text, value)
        } else if (left?.type === 'identifier') constants.delete(left.text)
      } else if (
        /^(if_statement|try_statement|else_clause|except_clause|block|with_statement)$/.test(node.type) &&
        depth < 6
      )
        read(pyChildren(node), depth + 1)
    }
  }
  read(pyChildren(root), 0)
  return { root, functions, classes, constants, imported }
}

function functionNamed(name: string, functions: ReadonlyMap<string, Node>): PyValue | undefined {
  const node = functions.get(name)
  return node && { kind: 'function', node }
}

function imports(node: Node, into: Map<string, string>): void {
  const module = node.childForFieldName('module_name')?.text
  for (const child of node.childrenForFieldName('name')) {
    if (!child) continue
    const name = child.type === 'aliased_import' ? (child.childForFieldName('name')?.text ?? '') : child.text
    const alias = child.type === 'aliased_import' ? (child.childForFieldName('alias')?.text ?? name) : name
    into.set(alias, module === undefined ? name : `${module}.${name}`)
  }
}

/** Assignments in the body of a class: `__tablename__ = "users"`. */
export function classAttribute(node: Node, name: string): Node | undefined {
  const body = node.childForFieldName('body')
  for (const statement of body ? pyChildren(body) : []) {
    const [assignment] = pyChildren(statement)
    if (assignment?.type === 'assignment' && assignment.childForFieldName('left')?.text === name)
      return assignment.childForFieldName('right') ?? undefined
  }
  return undefined
}

/** Names of the classes that a class is made from. */
export function parentsOf(node: Node): readonly string[] {
  const list = node.childForFieldName('superclasses')
  return list
    ? pyChildren(list)
        .filter(child => child.type !== 'keyword_argument')
        .map(child => child.text)
    : []
}
