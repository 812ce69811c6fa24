import { roleOf } from '../../artifact/classify.ts'
import { globs } from '../../text/glob.ts'
import { indexLines } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import { conflictIn, conflictStart } from './conflict.ts'
import type { SyntaxFact } from './index.ts'

const otherText =
  /\.(html?|css|s[ac]ss|less|vue|svelte|xml|gradle|swift|cc?|cpp|h|hpp|scala|exs?|erl|clj|lua|pl|r|dart|proto|graphql|lock|mod|sum|txt|csv|svg|cmake)$|(^|\/)(package-lock\.json|pnpm-lock\.yaml|Makefile|Jenkinsfile|CODEOWNERS|\.gitattributes|\.gitignore)$/i

/** Texts that nothing else reads, lock files among them: a conflict that was committed breaks them as well. */
export function isOtherText(path: string): boolean {
  return otherText.test(path)
}

/** Most such files that are read in one change. */
const mostFiles = 300

/** Conflict markers in changed files that are not classified. */
export async function looseConflicts(
  { change, config }: FactContext,
  known: ReadonlySet<string>,
): Promise<readonly SyntaxFact[]> {
  const ignored = globs(config.ignore)
  const facts: SyntaxFact[] = []
  const files = change.files.filter(
    ({ path, status }) => status !== 'deleted' && isOtherText(path) && !known.has(path) && !ignored(path),
  )
  for (const file of files.slice(0, mostFiles)) {
    const role = roleOf(file.path)
    const isLock =
      /(^|\/)[^/]*([-.]lock(\.\w+)?|\.sum)$/.test(file.path) && !/(^|\/)(node_modules|vendor)\//.test(file.path)
    if (role !== 'live' && !isLock) continue
    const head = await file.read('head')
    if (head === undefined || !('text' in head) || conflictStart(head.text) === -1) continue
    const base = await file.read('base')
    if (base !== undefined && 'text' in base && conflictStart(base.text) !== -1) continue
    const problem = conflictIn(indexLines(head.text))
    if (problem === undefined) continue
    facts.push({
      kind: 'syntax',
      path: file.path,
      side: 'head',
      format: 'text',
      baseParsed: base !== undefined,
      reader: 'unknown',
      strictKeys: false,
      consequence: 'Whatever reads this file fails.',
      key: '',
      ...problem,
      quickFix: '',
    })
  }
  return facts
}
