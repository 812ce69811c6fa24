import type { Node } from 'web-tree-sitter'
import { isPhinx } from '../../../artifact/code-migration.ts'
import { bareClass, type PhpValue, phpChildren, phpValue } from '../../../artifact/php.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Source } from '../../../artifact/types.ts'
import type { Tree } from '../../../change/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Program } from '../operation.ts'
import { doctrineReader } from './doctrine-schema.ts'
import type { Draft } from './javascript-scope.ts'
import { type ReadSql, resolveDrafts } from './javascript-sql.ts'
import { laravelCall } from './laravel.ts'
import { runFunction } from './laravel-walk.ts'
import { phinxReader, tablesNamedElsewhere } from './phinx.ts'
import { newScope, type PhpFile } from './php-scope.ts'
import { unreadableFile } from './unreadable-file.ts'

/** What the surroundings may tell. */
export interface PhpHints {
  readonly engine?: Engine
  /** The repository: the models' tables, and which Laravel it uses. */
  readonly tree?: Tree
}

type PhpProgram = Program & { readonly framework: PhpFile['framework'] }

/** What a migration of Laravel, Doctrine or Phinx does. An unparsable file gives one unreadable step. */
export async function readPhp(source: Source, sql: ReadSql, hints: PhpHints = {}): Promise<Program> {
  const tree = await treeOf(source, 'php')
  const doctrine =
    /\bDoctrine\\Migrations\b|\bextends\s+[\w\\]*AbstractMigration\b|\bDoctrine\\DBAL\\Schema\\Schema\b/.test(
      source.text,
    )
  const framework = isPhinx(source.text) ? 'phinx' : doctrine ? 'doctrine' : 'laravel'
  if (!tree) return { framework, transaction: 'likely', up: [unreadableFile(source)] }
  const migration = migrationOf(tree.rootNode, framework)
  if (!migration) {
    const up = tree.rootNode.hasError ? [unreadableFile(source, 'the file cannot be parsed')] : []
    return { framework, transaction: 'likely', up }
  }
  const methods = methodsOf(migration)
  const transaction = transactionOf(migration, methods, framework, hints.engine)
  const file = await fileOf(tree.rootNode, migration, methods, source, { transaction, framework }, hints)
  const forward = steps(file, 'up')
  const back = methods.has('down') ? steps(file, 'down') : undefined
  return {
    framework,
    transaction,
    up: await resolveDrafts(forward.drafts, source.lines, sql, hints.engine),
    ...(back && !back.irreversible ? { down: await resolveDrafts(back.drafts, source.lines, sql, hints.engine) } : {}),
  }
}

/** Laravel wraps a migration on engines whose schema changes can be taken back, unless it says `$withinTransaction = false`. */
function transactionOf(
  migration: Node,
  methods: ReadonlyMap<string, Node>,
  framework: PhpFile['framework'],
  engine: Engine | undefined,
): Program['transaction'] {
  if (engine === 'mysql' || engine === 'mariadb') return 'each'
  const off =
    framework === 'doctrine'
      ? /return\s+false/.test(methods.get('isTransactional')?.text ?? '')
      : /\$withinTransaction\s*=\s*false/.test(migration.text)
  return off ? 'each' : 'wrapped'
}

/** The class with a way up: named, or returned without a name. */
function migrationOf(root: Node, framework: PhpFile['framework']): Node | undefined {
  const classes = root.descendantsOfType(['class_declaration', 'anonymous_class', 'object_creation_expression'])
  const isWay = (name: string): boolean => name === 'up' || (framework === 'phinx' && name === 'change')
  return classes.find(node => node !== null && [...methodsOf(node).keys()].some(isWay)) ?? undefined
}

function methodsOf(node: Node): ReadonlyMap<string, Node> {
  const body = node.childForFieldName('body') ?? phpChildren(node).find(child => child.type === 'declaration_list')
  const methods = new Map<string, Node>()
  for (const child of body ? phpChildren(body) : [])
    if (child.type === 'method_declaration') methods.set(child.childForFieldName('name')?.text ?? '', child)
  return methods
}

function steps(
  file: PhpFile,
  way: 'up' | 'down',
): { readonly drafts: readonly Draft[]; readonly irreversible: boolean } {
  const reader =
    file.framework === 'phinx'
      ? phinxReader(file.tablesElsewhere)
      : file.framework === 'doctrine'
        ? doctrineReader()
        : undefined
  const scope = newScope(file, reader?.read ?? laravelCall)
  const method =
    file.methods.get(way) ?? (way === 'up' && file.framework === 'phinx' ? file.methods.get('change') : undefined)
  if (method) runFunction(method, [], scope)
  reader?.finish(scope)
  return { drafts: scope.out, irreversible: scope.state.irreversible }
}

async function fileOf(
  root: Node,
  migration: Node,
  methods: ReadonlyMap<string, Node>,
  source: Source,
  { transaction, framework }: Pick<PhpProgram, 'transaction' | 'framework'>,
  { engine, tree }: PhpHints,
): Promise<PhpFile> {
  const imports = importsOf(root)
  const constants = new Map<string, PhpValue>()
  const properties = new Map<string, PhpValue>()
  const names = {
    variable: () => undefined,
    property: (name: string) => properties.get(name),
    constant: (name: string) => constants.get(name),
  }
  for (const node of migration.descendantsOfType(['const_element', 'property_element'])) {
    const parts = node ? phpChildren(node) : []
    const value = node?.childForFieldName('default_value') ?? parts[1]
    if (!node || !parts[0] || !value) continue
    const into = node.type === 'const_element' ? constants : properties
    into.set(parts[0].text.replace(/^\$/, ''), phpValue(value, names))
  }
  // What other methods set is not what the declaration says.
  for (const [name, method] of methods)
    for (const node of method.descendantsOfType('assignment_expression')) {
      const property = /^\$this->(\w+)/.exec(node?.childForFieldName('left')?.text ?? '')?.[1]
      const value = node?.childForFieldName('right')
      if (property === undefined || !value) continue
      if (name === '__construct') properties.set(property, phpValue(value, names))
      else properties.delete(property)
    }
  return {
    framework,
    root,
    lines: source.lines,
    ...(engine ? { engine } : {}),
    version: await versionOf(source.path, tree),
    wrapped: transaction === 'wrapped',
    methods,
    properties,
    constants,
    imports,
    tables: await tablesOf(imports, source.path, tree),
    tablesElsewhere: framework === 'phinx' ? await tablesNamedElsewhere(source.text, source.path, tree) : new Set(),
  }
}

function importsOf(root: Node): ReadonlyMap<string, string> {
  const imports = new Map<string, string>()
  for (const node of root.descendantsOfType('namespace_use_clause')) {
    const alias = node?.childForFieldName('alias')?.text
    const name = node?.text.replace(/\s+as\s+\w+$/, '')
    if (name !== undefined) imports.set(alias ?? bareClass(name), name)
  }
  return imports
}

/** Major version of Laravel that the repository asks for; 0 when it does not say. */
async function versionOf(path: string, tree: Tree | undefined): Promise<number> {
  const folder = /^(.*?)(database|db)\//.exec(path)?.[1] ?? ''
  const manifest =
    (await tree?.read(`${folder}composer.json`)) ?? (folder === '' ? undefined : await tree?.read('composer.json'))
  const wanted = /"(?:laravel\/framework|illuminate\/database)"\s*:\s*"([^"]*)"/.exec(manifest ?? '')?.[1] ?? ''
  return Math.max(0, ...[...wanted.matchAll(/(?:^|[^.\d])(\d+)\.?/g)].map(([, number]) => Number(number)))
}

/** `protected $table = '…'` of the models that the file imports; Laravel finds `App\Models\User` in `app/Models/User.php`. */
async function tablesOf(
  imports: ReadonlyMap<string, string>,
  path: string,
  tree: Tree | undefined,
): Promise<ReadonlyMap<string, string>> {
  const tables = new Map<string, string>()
  if (!tree) return tables
  const folder = /^(.*?)(database|db)\//.exec(path)?.[1] ?? ''
  for (const [name, full] of [...imports].slice(0, 30)) {
    const [, rest] = /^\\?\w+\\(.+)$/.exec(full) ?? []
    if (rest === undefined || /^\\?(Illuminate|Doctrine|Symfony|Carbon)\\/.test(full)) continue
    const text = await tree.read(`${folder}app/${rest.replaceAll('\\', '/')}.php`)
    const table = /\$table\s*=\s*['"](\w+)['"]/.exec(text ?? '')?.[1]
    if (table !== undefined) tables.set(name, table)
  }
  return tables
}
