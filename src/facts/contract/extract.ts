import { roleOf } from '../../artifact/classify.ts'
import type { Artifact } from '../../artifact/types.ts'
import { textOf } from '../../change/content.ts'
import type { NotAnalysed, Tree } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { globs } from '../../text/glob.ts'
import type { Extraction, FactContext } from '../types.ts'
import { avroDrafts } from './avro.ts'
import type { Draft } from './draft.ts'
import { fieldTypes, graphqlDrafts } from './graphql.ts'
import { type Asked, selectionsIn } from './graphql-queries.ts'
import type { ContractFact } from './index.ts'
import { openapiDrafts } from './openapi.ts'
import { protobufDrafts } from './protobuf.ts'

const longest = 1_000_000

/** Facts about the messages that the change alters. */
export async function extractContracts(
  { change, config }: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly ContractFact[] }> {
  const ignored = globs(config.ignore)
  const facts: ContractFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const add = (path: string, format: ContractFact['format'], drafts: readonly Draft[]) =>
    facts.push(...drafts.map(draft => factOf(path, format, draft)))
  for (const artifact of artifacts) add(artifact.path, 'openapi', await openapiDrafts(artifact))
  for (const file of change.files) {
    const ending = /\.(proto|avsc|graphqls?|gql)$/.exec(file.path)?.[1]
    if (ending === undefined || ignored(file.path) || roleOf(file.path) !== 'live') continue
    const [base, head] = [await textOf(file, 'base'), await textOf(file, 'head')]
    if (base === undefined || head === undefined || base.length > longest || head.length > longest) continue
    try {
      if (ending === 'proto') add(file.path, 'protobuf', protobufDrafts(base, head))
      else if (ending === 'avsc') add(file.path, 'avro', await avroDrafts(file.path, base, head))
      else
        add(
          file.path,
          'graphql',
          await stillAsked(graphqlDrafts(base, head), { path: file.path, base, head }, change.trees.head),
        )
    } catch (error) {
      notAnalysed.push({ path: file.path, reason: `its messages could not be compared (${messageOf(error)})` })
    }
  }
  return { facts, notAnalysed }
}

function factOf(path: string, format: ContractFact['format'], draft: Draft): ContractFact {
  return { kind: 'contract', path, format, before: '', after: '', reserved: 'unknown', usedAt: '', ...draft }
}

/** Most files that are searched for queries. */
const mostFiles = 600

interface Schemas {
  readonly path: string
  readonly base: string
  readonly head: string
}

/** Removed fields of a GraphQL schema with a query of the repository that still asks for them. */
async function stillAsked(
  drafts: readonly Draft[],
  { path: own, base, head }: Schemas,
  tree: Tree,
): Promise<readonly Draft[]> {
  if (!drafts.some(({ what }) => what === 'removed')) return drafts
  const paths = (await tree.list()).filter(
    path => path !== own && /\.(graphql|gql|[cm]?[jt]sx?|vue|swift|kt|py|rb)$/.test(path) && roleOf(path) === 'live',
  )
  const types = fieldTypes(base)
  const asked: (Asked & { readonly path: string })[] = []
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    // Operations and fragments, not the schema itself or what is generated from it.
    if (text === undefined || !/\b(query|mutation|subscription|fragment)\s+\w+[^{]*\{/.test(text)) continue
    if (/^\s*(type|input|interface)\s+\w+.*\{/m.test(text) || /generated/i.test(path)) continue
    asked.push(...selectionsIn(text, base, types).map(one => ({ ...one, path })))
  }
  const kept = new Set([...fieldTypes(head).values()].flatMap(fields => [...fields.keys()]))
  return drafts.map(draft => {
    // What is given to a call is no field that one asks for.
    if (draft.what !== 'removed' || !types.has(draft.owner)) return draft
    const place = asked.find(
      ({ owner, name }) =>
        // Of a type that the schema does not tell, only a name that no other type has is this field.
        name === draft.name && (owner === draft.owner || (owner === undefined && !kept.has(name))),
    )
    return place === undefined ? draft : { ...draft, usedAt: `${place.path}:${place.line}` }
  })
}
