import { environmentOf, roleOf } from '../../artifact/classify.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import { globs } from '../../text/glob.ts'
import type { FactContext } from '../types.ts'
import type { Scalar } from './scalars.ts'

const dotenv = /(^|\/)\.env(\.[\w.-]+)?$|(^|\/)[\w.-]+\.env$/

/** Changed `.env` files, which nothing else reads; encrypted ones and examples are left out. */
export async function dotenvArtifacts({ change, config }: FactContext): Promise<readonly Artifact[]> {
  const ignored = globs(config.ignore)
  const artifacts: Artifact[] = []
  for (const file of change.files) {
    if (!isDotenv(file.path) || ignored(file.path) || roleOf(file.path) !== 'live') continue
    const [base, head] = [await file.read('base'), await file.read('head')]
    if (head === undefined || !('text' in head)) continue
    artifacts.push({
      path: file.path,
      status: file.status,
      language: 'text',
      kind: 'config',
      role: 'live',
      environment: environmentOf(file.path),
      head: sourceOf(file.path, 'head', head.text),
      ...(base !== undefined && 'text' in base ? { base: sourceOf(file.path, 'base', base.text) } : {}),
      hunks: await file.hunks(),
    })
  }
  return artifacts
}

export function isDotenv(path: string): boolean {
  return dotenv.test(path) && !/example|sample|template|dist|\.enc\b/.test(path)
}

/** The values of a `.env` file, one a line. */
export function dotenvScalars({ text }: Source): readonly Scalar[] {
  return text.split('\n').flatMap((line, index) => {
    const [, key, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key === undefined || value === undefined || value === '') return []
    const column = line.indexOf(value, line.indexOf('=')) + 1
    const span = { line: index + 1, column, endLine: index + 1, endColumn: column + value.length }
    return [
      {
        path: key,
        key,
        text: value.replace(/^(["'])(.*)\1$/, '$2'),
        span,
        parent: key,
        environment: 'unknown',
      } satisfies Scalar,
    ]
  })
}
