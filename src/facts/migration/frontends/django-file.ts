import type { Node } from 'web-tree-sitter'
import { dotted, type PyValue } from '../../../artifact/python.ts'
import { type PyFile, parentsOf, pyFile } from './python-file.ts'
import { newScope, type PyLanguage, type PyScope } from './python-scope.ts'
import { walkBlock } from './python-walk.ts'

/** A Django migration as its class declares it. */
export interface DjangoFile {
  readonly file: PyFile
  readonly operations: readonly PyValue[]
  /** False when the list of operations is put together in a way that cannot be followed. */
  readonly whole: boolean
  readonly atomic: boolean
  readonly dependencies: PyValue | undefined
  readonly replaces: PyValue | undefined
  readonly runBefore: PyValue | undefined
  /** django-safemigrate: runs when the new release has replaced the older one. */
  readonly afterDeploy: boolean
  readonly migration: Node
  readonly scope: PyScope
}

/** Reads the `Migration` class of a file; undefined when there is none. */
export function djangoFile(root: Node, language: PyLanguage): DjangoFile | undefined {
  const file = pyFile(root)
  const migration =
    file.classes.get('Migration') ??
    [...file.classes.values()].find(node => parentsOf(node).some(name => /Migration$/.test(name)))
  const body = migration?.childForFieldName('body')
  if (!migration || !body) return undefined
  const scope = newScope(file, { ...language, call: () => true })
  walkBlock(body, scope)
  const attribute = (name: string): PyValue | undefined => scope.locals.get(name)
  const operations = attribute('operations')
  const atomic = attribute('atomic')
  return {
    file,
    operations: operations?.kind === 'list' ? operations.items : [],
    whole: operations === undefined || operations.kind === 'list',
    atomic: !(atomic?.kind === 'boolean' && !atomic.value),
    dependencies: attribute('dependencies'),
    replaces: attribute('replaces'),
    runBefore: attribute('run_before'),
    afterDeploy: attribute('safe') !== undefined && /after_deploy/.test(dotted(attribute('safe') ?? { kind: 'none' })),
    migration,
    scope: { ...scope, language, out: [], locals: new Map(), state: { ...scope.state, done: new WeakSet() } },
  }
}

/** The app that a migration belongs to: the folder above `migrations`. */
export function appOf(path: string): string {
  const parts = path.split('/')
  const at = parts.findLastIndex(part => /migrations$/.test(part))
  return (at > 0 ? parts[at - 1] : undefined) ?? 'app'
}
