import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import type { FactKind } from '../../../src/facts/types.ts'

/** The facts of one kind in a change held in memory. */
export async function factsIn(
  kind: FactKind,
  files: readonly MemoryFile[],
  repository: Readonly<Record<string, string>> = {},
) {
  const change = changeInMemory({ files, repository })
  const config = {
    rules: {},
    ignore: [],
    databases: [],
    tables: {},
    environments: { production: [], lower: [] },
    schedules: [],
  }
  const { artifacts } = await loadArtifacts(change, config)
  const extract = await kind.load()
  return extract(
    { change, artifacts, config, now: new Date(0) },
    artifacts.filter(artifact => kind.wants(artifact)),
  )
}
