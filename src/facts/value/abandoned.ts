import { posix } from 'node:path'
import { textAt } from '../../artifact/plain.ts'
import { folderOf } from './fact.ts'
import type { ConfigObject } from './objects.ts'

/**
 * Folders of Terraform modules that only stacks called which are gone as well: nothing is applied from them any more, so
 * what stood in them is not destroyed either. `present` are the paths of all files after the change.
 */
export function abandonedModules(gone: readonly ConfigObject[], present: readonly string[]): ReadonlySet<string> {
  const calls = gone.flatMap(object => {
    const source = object.kind === 'terraform/module' ? textAt(object.node, 'source') : undefined
    if (source === undefined || !/^\.{1,2}\//.test(source)) return []
    const from = folderOf(object.artifact.path)
    return [{ from, to: posix.join(from, source, '/') }]
  })
  if (calls.length === 0) return new Set()
  const left = new Set(present.filter(path => path.endsWith('.tf')).map(folderOf))
  const abandoned = new Set(calls.map(({ to }) => to).filter(folder => !left.has(folder)))
  // A module that a living stack stops calling is destroyed by it, and so are the modules inside.
  const called = new Set(calls.map(({ to }) => to))
  for (let before = -1; before !== abandoned.size; ) {
    before = abandoned.size
    for (const { from, to } of calls)
      if (left.has(from) || (called.has(from) && !abandoned.has(from))) abandoned.delete(to)
  }
  return abandoned
}
