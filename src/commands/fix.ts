import { lstatSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Artifact, Source } from '../artifact/types.ts'
import type { Finding } from '../rule/types.ts'
import { applyEdits, type Edit, overlaps } from '../text/edit.ts'

/** What was written, and what was left alone. */
export interface Fixed {
  /** Findings whose rewrite was made. */
  readonly made: number
  readonly files: readonly string[]
  /** Files that are no longer what was checked, or that are no plain files of the work tree. */
  readonly left: readonly { readonly path: string; readonly reason: string }[]
}

/**
 * Makes the rewrites that are complete by themselves in the work tree below `root`. A rewrite that has to be followed
 * by another migration or release is left to its reader.
 */
export function applyRewrites(findings: readonly Finding[], artifacts: readonly Artifact[], root: string): Fixed {
  const left: { path: string; reason: string }[] = []
  const files: string[] = []
  let made = 0
  for (const { path, head } of artifacts) {
    const wanted = findings.filter(item => item.path === path && item.rewrite?.complete === true)
    if (wanted.length === 0 || head === undefined) continue
    const reason = reasonAgainst(path, head, root)
    if (reason !== undefined) {
      left.push({ path, reason })
      continue
    }
    const { edits, count } = together(wanted)
    const mark = readFileSync(join(root, path), 'utf8').startsWith('\uFEFF') ? '\uFEFF' : ''
    writeFileSync(join(root, path), mark + applyEdits(head.lines, edits))
    files.push(path)
    made += count
  }
  return { made, files, left }
}

function reasonAgainst(path: string, head: Source, root: string): string | undefined {
  const full = join(root, path)
  try {
    // A link may lead out of the work tree.
    if (!lstatSync(full).isFile() || realpathSync(full) !== join(realpathSync(root), path)) return 'it is a link'
    const text = readFileSync(full, 'utf8')
    return text.replace(/^\uFEFF/, '') === head.text ? undefined : 'it is not what was checked any more'
  } catch {
    return 'it cannot be read'
  }
}

/** All edits of as many rewrites as do not get into each other's way. Equal edits are made once. */
function together(findings: readonly Finding[]): { readonly edits: readonly Edit[]; readonly count: number } {
  const edits: Edit[] = []
  let count = 0
  for (const { rewrite } of findings) {
    const fresh = (rewrite?.edits ?? []).filter(edit => !edits.some(other => same(edit, other)))
    if (fresh.some(edit => edits.some(other => overlaps(edit, other)))) continue
    edits.push(...fresh)
    count++
  }
  return { edits, count }
}

function same(one: Edit, other: Edit): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
