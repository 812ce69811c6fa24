import { roleOf } from '../../artifact/classify.ts'
import { isRotationPath } from '../../artifact/rotation-path.ts'
import type { FactContext } from '../types.ts'

/** A path of a log that some file of the repository names. */
export interface Mention {
  readonly log: string
  readonly path: string
  readonly line: number
}

const readable =
  /\.(rb|py|js|mjs|cjs|ts|go|java|kt|php|cs|rs|ex|exs|pl|sh|ya?ml|json|toml|ini|conf|cfg|cnf|properties|env|service|xml|erb|j2|tf|hcl)$|(^|\/)(\.env[^/]*|Dockerfile[^/]*|Procfile|[\w-]+)$/
const logPath = /(?<![\w./:@-])\/(?:[\w.-]+\/)+[\w.-]+\.(?:log|out|err)\b(?!\.)/g

/** Most files that are searched; larger repositories keep their logs' paths in few of them anyway. */
const mostFiles = 3000
const longest = 200_000

/** Every absolute path of a log that files of head name, logrotate's own files left out. Read only once a rotation changed. */
export async function mentionsIn({ change }: FactContext): Promise<readonly Mention[]> {
  const paths = (await change.trees.head.list()).filter(
    path => readable.test(path) && !isRotationPath(path) && roleOf(path) === 'live',
  )
  const found: Mention[] = []
  for (const path of paths.slice(0, mostFiles)) {
    const text = await change.trees.head.read(path)
    if (text === undefined || text.length > longest || !/\.(log|out|err)\b/.test(text)) continue
    for (const [index, line] of text.split('\n').entries()) {
      if (line.length > 2000 || /^\s*(#|\/\/)/.test(line)) continue
      for (const [log] of line.matchAll(logPath)) found.push({ log, path, line: index + 1 })
    }
  }
  return found
}
