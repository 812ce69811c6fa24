import type { Node } from 'web-tree-sitter'
import { bindPattern, type JsValue, jsChildren } from '../../../artifact/javascript.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Artifact, Source } from '../../../artifact/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Program } from '../operation.ts'
import { type Migration, migrationOf } from './javascript-file.ts'
import { dbMigrate, plainSql } from './javascript-plain.ts'
import { type Draft, type JsLanguage, type JsScope, newScope } from './javascript-scope.ts'
import { type ReadSql, resolveDrafts } from './javascript-sql.ts'
import { perform, runFunction } from './javascript-walk.ts'
import { knex } from './knex.ts'
import { kysely } from './kysely.ts'
import { nodePgMigrate } from './node-pg-migrate.ts'
import { sequelize } from './sequelize.ts'
import { mikroOrm, typeorm } from './typeorm.ts'
import { unreadableFile } from './unreadable-file.ts'

export type { ReadSql } from './javascript-sql.ts'

/** Libraries by what a file that uses them says; the first match wins. */
const languages: readonly (readonly [RegExp, JsLanguage])[] = [
  [/\bMigrationInterface\b|\bQueryRunner\b|\bqueryRunner\b/, typeorm],
  [/@mikro-orm\/|\bthis\.addSql\s*\(/, mikroOrm],
  [/node-pg-migrate|\bMigrationBuilder\b|\bpgm\b/, nodePgMigrate],
  [/\bfrom\s+['"]kysely['"]|\brequire\(['"]kysely['"]\)|\bKysely\s*</, kysely],
  [/\bqueryInterface\b|\bQueryInterface\b|\bsequelize-cli\b|\bSequelize\b|\bsequelize\b/, sequelize],
  [/\bdb-migrate\b|\bdb\s*\.\s*(runSql|removeColumn|changeColumn|removeIndex|removeForeignKey)\b|\bdbm\b/, dbMigrate],
  [/\bknex\b|\bKnex\b|\.schema\b|\bcreate\w*Migration\b|\bhasColumn\b/, knex],
]

/** What a migration written in JavaScript or TypeScript does. An unparsable file gives one unreadable step. */
export async function readJavascript(
  source: Source,
  artifact: Artifact,
  sql: ReadSql,
  { engine }: { readonly engine?: Engine } = {},
): Promise<Program> {
  const language = languages.find(([words]) => words.test(source.text))?.[1] ?? plainSql
  const grammar = artifact.language === 'tsx' ? 'tsx' : /\.[mc]?ts$/.test(source.path) ? 'typescript' : 'javascript'
  const tree = await treeOf(source, grammar)
  const program = { framework: language.framework, transaction: language.transaction }
  if (!tree) return { ...program, up: [unreadableFile(source)] }
  const migration = migrationOf(tree.rootNode, source, engine)
  if (!migration.up && !migration.made && tree.rootNode.hasError)
    return { ...program, up: [unreadableFile(source, 'the file cannot be parsed')] }
  for (const way of [migration.up, migration.down]) if (way) findHandles(way, migration.file.handles)
  const forward = steps(migration, migration.up, language)
  const back = migration.down ? steps(migration, migration.down, language) : undefined
  return {
    ...program,
    transaction: migration.bare || forward.bare ? 'each' : language.transaction,
    up: await resolveDrafts(forward.drafts, source.lines, sql, engine),
    ...(back && !back.irreversible ? { down: await resolveDrafts(back.drafts, source.lines, sql, engine) } : {}),
  }
}

/** Names of the first parameter: `knex`; of `{ context: queryInterface }` the inner one. */
function findHandles(node: Node, handles: Set<string>): void {
  const list = node.childForFieldName('parameters')
  const first = node.childForFieldName('parameter') ?? (list ? jsChildren(list)[0] : undefined)
  const database: JsValue = { kind: 'name', name: 'database' }
  if (first) bindPattern(first, database, name => handles.add(name))
}

function steps(
  { file, made }: Migration,
  way: Node | undefined,
  language: JsLanguage,
): { readonly drafts: readonly Draft[]; readonly irreversible: boolean; readonly bare: boolean } {
  const scope: JsScope = newScope(file, language)
  if (way) runFunction(way, [], scope)
  else if (made) perform(made, scope)
  const bare = /\bnoTransaction\s*\(\s*\)/.test((way ?? file.root).text.slice(0, 100_000)) && language === nodePgMigrate
  return { drafts: scope.out, irreversible: scope.state.irreversible, bare }
}
