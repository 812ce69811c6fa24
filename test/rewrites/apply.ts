import { changeInMemory, type MemoryFile } from '../../src/change/memory.ts'
import { check } from '../../src/check.ts'
import { loadConfig } from '../../src/config/load.ts'
import { factKinds } from '../../src/facts/index.ts'
import type { Rewrite } from '../../src/facts/rewrite.ts'
import { ruleFilesIn } from '../../src/rule/folder.ts'
import { readRules } from '../../src/rule/load.ts'
import type { Example, Finding } from '../../src/rule/types.ts'
import { applyEdits } from '../../src/text/edit.ts'
import { indexLines } from '../../src/text/lines.ts'

export const rules = readRules(ruleFilesIn('rules'), factKinds)

/** The files of a rule's example. */
export function filesOf(example: Example): readonly MemoryFile[] {
  if (example.files) return example.files
  const { path = '', basePath, base, head } = example
  return [
    {
      path,
      ...(basePath === undefined ? {} : { basePath }),
      ...(base === undefined ? {} : { base }),
      ...(head === undefined ? {} : { head }),
    },
  ]
}

/** What premortem says of files with all rules, in the setting of an example. */
export async function findingsIn(
  files: readonly MemoryFile[],
  { config, tables, repository = {}, now = '2026-11-17T10:05:00Z' }: Example = {},
): Promise<readonly Finding[]> {
  const settings: Record<string, string> = {}
  if (config !== undefined) settings['premortem.yml'] = JSON.stringify(config)
  if (tables !== undefined) settings['.premortem/tables.yml'] = JSON.stringify({ tables })
  const { report } = await check({
    change: changeInMemory({ files, repository }),
    config: await loadConfig(async path => settings[path]),
    rules,
    now: new Date(now),
  })
  const failed = report.problems.filter(problem => problem.message.includes('failed'))
  if (failed.length > 0) throw new Error(failed.map(problem => problem.message).join('; '))
  return report.findings
}

/** The files after the edits of a rewrite. */
export function edited(files: readonly MemoryFile[], path: string, { edits }: Rewrite): readonly MemoryFile[] {
  return files.map(file =>
    file.path === path ? { ...file, head: applyEdits(indexLines(file.head ?? ''), edits) } : file,
  )
}
