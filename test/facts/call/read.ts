import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import type { Config } from '../../../src/config/types.ts'
import type { CallFact } from '../../../src/facts/call/fields.ts'
import { callKind } from '../../../src/facts/call/index.ts'
import type { Extraction } from '../../../src/facts/types.ts'

const config: Config = {
  rules: {},
  ignore: [],
  databases: [],
  tables: {},
  environments: { production: [], lower: [] },
  schedules: [],
}

/** The extraction of a change held in memory. */
export async function extract(
  files: readonly MemoryFile[],
  repository: Readonly<Record<string, string>> = {},
): Promise<Extraction> {
  const change = changeInMemory({ files, repository })
  const { artifacts } = await loadArtifacts(change, config)
  const run = await callKind.load()
  return run({ change, artifacts, config, now: new Date(0) }, artifacts.filter(callKind.wants))
}

/** The calls of several new files. */
export async function callsOf(files: readonly MemoryFile[]): Promise<readonly CallFact[]> {
  return (await extract(files)).facts as readonly CallFact[]
}

/** The calls of one new file. */
export async function callsIn(
  path: string,
  head: string,
  more: { base?: string; repository?: Record<string, string> } = {},
): Promise<readonly CallFact[]> {
  const { repository, ...base } = more
  const { facts, notAnalysed } = await extract([{ path, head, ...base }], repository)
  if (notAnalysed.length > 0) throw new Error(JSON.stringify(notAnalysed))
  return facts as readonly CallFact[]
}

/** The one call with this name. */
export async function callNamed(
  name: string,
  path: string,
  head: string,
  more: { base?: string; repository?: Record<string, string> } = {},
): Promise<CallFact> {
  const all = await callsIn(path, head, more)
  const named = all.filter(fact => fact.name === name)
  const [only] = named
  if (only === undefined || named.length > 1)
    throw new Error(`${named.length} calls named ${name} among ${all.map(fact => fact.callee).join(', ')}`)
  return only
}
