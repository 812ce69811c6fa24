import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { extractMigrations } from '../../../src/facts/migration/extract.ts'
import type { MigrationFact } from '../../../src/facts/migration/fact.ts'
import { migrationKind } from '../../../src/facts/migration/index.ts'

/** The facts of the migrations among changed files, in a repository that holds further files. */
export async function factsOf(
  files: readonly MemoryFile[],
  repository: Readonly<Record<string, string>> = {},
  settings: Readonly<Record<string, string>> = {},
) {
  const config = await loadConfig(async path => settings[path])
  const change = changeInMemory({ files, repository })
  const { artifacts } = await loadArtifacts(change, config)
  const wanted = artifacts.filter(artifact => migrationKind.wants(artifact))
  const { facts, notAnalysed } = await extractMigrations({ change, artifacts, config, now: new Date(0) }, wanted)
  return { facts: facts.flatMap(fact => (isMigration(fact) ? [fact] : [])), notAnalysed }
}

function isMigration(fact: { readonly kind: string }): fact is MigrationFact {
  return fact.kind === 'migration'
}
