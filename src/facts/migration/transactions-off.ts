import type { Tree } from '../../change/types.ts'
import type { Program } from './operation.ts'

/** Where a framework in code is told to open no transaction for any migration, and how. */
const switches: Readonly<Record<string, { readonly file: RegExp; readonly off: RegExp }>> = {
  knex: { file: /(^|\/)knexfile\.[cm]?[jt]s$/, off: /\bdisableTransactions['"]?\s*:\s*true\b/ },
  typeorm: {
    file: /(^|\/)(ormconfig\.(json|[jt]s)|[^/]*data-?source[^/]*\.[jt]s)$/i,
    off: /\bmigrationsTransactionMode['"]?\s*:\s*['"]none['"]/,
  },
  alembic: { file: /(^|\/)env\.py$/, off: /isolation_level['"]?\s*[=:]\s*['"]AUTOCOMMIT['"]/ },
}

/** Most files of configuration that are looked into. */
const mostFiles = 10

/** The program as its framework's configuration lets it run. */
export async function asConfigured(program: Program, path: string, tree: Tree | undefined): Promise<Program> {
  const own = switches[program.framework]
  if (own === undefined || tree === undefined || program.transaction !== 'wrapped') return program
  const files = (await tree.list()).filter(item => own.file.test(item) && isNear(item, path))
  for (const file of files.slice(0, mostFiles))
    if (own.off.test((await tree.read(file)) ?? '')) return { ...program, transaction: 'each' }
  return program
}

/** Configuration stands above the migrations, or beside the folders above them. */
function isNear(file: string, path: string): boolean {
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  return path.startsWith(folder) || path.startsWith(folder.split('/').slice(0, -2).join('/'))
}
