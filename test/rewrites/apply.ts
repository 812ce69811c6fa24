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

/** A change with a rule that flags it and a safe way. */
export interface Case extends Example {
  readonly name: string
  readonly rule: string
}

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

/** One change after the other: the files of each, and the repository as the earlier ones have left it. */
export interface Played {
  readonly files: readonly MemoryFile[]
  readonly repository: Readonly<Record<string, string>>
}

/** The parts of a rewrite as changes that are merged one after the other. Commands and models are left out. */
export function play(example: Example, { path }: Finding, rewrite: Rewrite): readonly Played[] {
  let repository = { ...example.repository }
  const played: Played[] = []
  const add = (files: readonly MemoryFile[]): void => {
    played.push({ files, repository })
    repository = { ...repository, ...Object.fromEntries(files.map(file => [file.path, file.head ?? ''])) }
  }
  if (rewrite.edits.length > 0) add(edited(filesOf(example), path, rewrite))
  // The migration at hand stays, without the step that goes elsewhere.
  else repository = { ...repository, ...Object.fromEntries(filesOf(example).map(file => [file.path, file.head ?? ''])) }
  const further = rewrite.edits.length > 0 ? rewrite.parts.slice(1) : rewrite.parts
  for (const [nth, { where, code, language }] of further.entries())
    if (/migration/.test(where) && language !== 'sh') add([{ path: nextPath(path, nth + 1), head: `${code}\n` }])
  return played
}

/** The path of a migration that comes later. */
function nextPath(path: string, by: number): string {
  const digits = [...path.matchAll(/\d+/g)].at(path.includes('/migration.sql') ? -1 : 0)
  if (digits === undefined) return path.replace(/(\.\w+)$/, `_${by}$1`)
  const [number] = digits
  const next = String(BigInt(number) + BigInt(by)).padStart(number.length, '0')
  return path.slice(0, digits.index) + next + path.slice(digits.index + number.length)
}
