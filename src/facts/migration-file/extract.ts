import type { Artifact } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import type { Extraction, FactContext } from '../types.ts'
import { changeSetFacts } from './changesets.ts'
import type { MigrationFileFact } from './fields.ts'
import { journalFacts } from './journal.ts'
import { mergedFacts } from './merged.ts'
import { snapshotFacts } from './snapshot.ts'
import { unmigratedFacts } from './unmigrated.ts'

/** Facts about merged migrations, dumps, journals and models. A part that fails leaves the others standing. */
export async function extractMigrationFiles(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: MigrationFileFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const part of [mergedFacts, changeSetFacts, snapshotFacts, journalFacts, unmigratedFacts]) {
    try {
      facts.push(...(await part(context, artifacts)))
    } catch (error) {
      const path = artifacts[0]?.path ?? context.change.files[0]?.path
      if (path !== undefined)
        notAnalysed.push({ path, reason: `the history of migrations could not be compared: ${messageOf(error)}` })
    }
  }
  return { facts, notAnalysed }
}
