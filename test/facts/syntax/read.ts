import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import type { Config } from '../../../src/config/types.ts'
import { extractSyntax } from '../../../src/facts/syntax/extract.ts'
import { type SyntaxFact, syntaxKind } from '../../../src/facts/syntax/index.ts'
import type { Extraction } from '../../../src/facts/types.ts'

const config: Config = {
  rules: {},
  ignore: [],
  databases: [],
  tables: {},
  environments: { production: [], lower: [] },
  schedules: [],
}

/** The syntax facts of a change. */
export async function syntaxOf(files: readonly MemoryFile[], repository: Record<string, string> = {}) {
  const change = changeInMemory({ files, repository })
  const { artifacts } = await loadArtifacts(change, config)
  const wanted = artifacts.filter(syntaxKind.wants)
  const extraction: Extraction = await extractSyntax({ change, artifacts, config, now: new Date(0) }, wanted)
  return { facts: extraction.facts as readonly SyntaxFact[], notAnalysed: extraction.notAnalysed }
}

/** `line problem` of each fact of one file. */
export async function problemsIn(path: string, head: string, base?: string): Promise<readonly string[]> {
  const { facts } = await syntaxOf([base === undefined ? { path, head } : { path, base, head }])
  return facts.map(({ span, problem }) => `${span.line} ${problem}`)
}
