import { environmentOf, roleOf } from '../../artifact/classify.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Artifact } from '../../artifact/types.ts'
import { globs } from '../../text/glob.ts'
import type { FactContext } from '../types.ts'

/** Files with schedules in languages that nothing else reads. */
const extra: readonly (readonly [RegExp, 'groovy' | 'elixir'])[] = [
  [/(^|\/)Jenkinsfile[^/]*$|\.jenkinsfile$|(^|\/)(vars|jobs|jenkins|pipelines?)\/.*\.groovy$/i, 'groovy'],
  [/(^|\/)config\/[\w-]+\.exs$/, 'elixir'],
]

/** The language of such a file; undefined for any other. */
export function extraLanguage(path: string): 'groovy' | 'elixir' | undefined {
  return extra.find(([pattern]) => pattern.test(path))?.[1]
}

/** The changed files of that sort, read. */
export async function extraArtifacts({ change, config }: FactContext, known: ReadonlySet<string>): Promise<Artifact[]> {
  const ignored = globs(config.ignore)
  const artifacts: Artifact[] = []
  for (const file of change.files) {
    if (extraLanguage(file.path) === undefined || known.has(file.path) || ignored(file.path)) continue
    if (roleOf(file.path) !== 'live') continue
    const [base, head] = await Promise.all([file.read('base'), file.read('head')])
    const texts = [base, head].map(content => (content !== undefined && 'text' in content ? content.text : undefined))
    if (texts.every(text => text === undefined || !/cron/i.test(text))) continue
    artifacts.push({
      path: file.path,
      ...(file.basePath === undefined ? {} : { basePath: file.basePath }),
      status: file.status,
      language: 'text',
      kind: 'other',
      role: 'live',
      environment: environmentOf(file.path),
      ...(texts[0] === undefined ? {} : { base: sourceOf(file.path, 'base', texts[0]) }),
      ...(texts[1] === undefined ? {} : { head: sourceOf(file.path, 'head', texts[1]) }),
      hunks: await file.hunks(),
    })
  }
  return artifacts
}
