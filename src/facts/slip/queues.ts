import type { Artifact, Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { freshMatches, type Slip } from './found.ts'

const named = /\b(?:sidekiq_options\b[^\n]*?\bqueue:|queue_as)\s*\(?\s*[:"'](\w[\w-]*)/g
const settings = /(^|\/)config\/sidekiq[\w.-]*\.ya?ml$/
/** Where a process may be told its queues on the command line. */
const started =
  /(^|\/)(Procfile[\w.]*|[\w.-]+\.service|docker-compose[\w.-]*\.ya?ml|[\w.-]*(?:sidekiq|worker)[\w.-]*)$|(^|\/)(?:bin|deploy|k8s|kubernetes|helm|charts?|terraform|ops|infra)\//i
const mostFiles = 200

/** Queues that a job of Sidekiq is put into, and that no list of queues in the repository has (Ruby). */
export async function queuesWithoutWorker(artifact: Artifact, source: Source, tree: Tree): Promise<readonly Slip[]> {
  if (artifact.language !== 'ruby' || !/sidekiq_options|queue_as/.test(source.text)) return []
  const fresh = freshMatches(artifact, source, named).filter(
    ({ match }) => match[1] !== 'default' && artifact.base?.text.includes(match[0]) !== true,
  )
  if (fresh.length === 0) return []
  const paths = await tree.list()
  const lists = await textsOf(
    tree,
    paths.filter(path => settings.test(path)),
  )
  // Without a list, or with one that is computed, nobody can say.
  if (lists.length === 0 || !lists.every(text => /^:?queues:/m.test(text) && !/<%|\*/.test(text))) return []
  const others = await textsOf(
    tree,
    paths.filter(path => started.test(path) && !settings.test(path) && !path.endsWith('.rb')),
  )
  return fresh.flatMap(({ match, span }): readonly Slip[] => {
    const name = match[1] ?? ''
    const mention = new RegExp(`(?<![\\w-])${name}(?![\\w-])`)
    const isTaken = [...lists, ...others].some(text => mention.test(text))
    return isTaken ? [] : [{ what: 'queue-without-worker', name, span }]
  })
}

async function textsOf(tree: Tree, paths: readonly string[]): Promise<readonly string[]> {
  const texts: string[] = []
  for (const path of paths.slice(0, mostFiles)) texts.push((await tree.read(path)) ?? '')
  return texts.filter(text => text !== '' && text.length < 300_000)
}
