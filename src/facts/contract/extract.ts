import { roleOf } from '../../artifact/classify.ts'
import type { Artifact } from '../../artifact/types.ts'
import { textOf } from '../../change/content.ts'
import type { NotAnalysed, Tree } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { globs } from '../../text/glob.ts'
import type { Extraction, FactContext } from '../types.ts'
import { avroDrafts } from './avro.ts'
import type { Draft } from './draft.ts'
import { graphqlDrafts, typesOf } from './graphql.ts'
import { fieldsAsked, isOf, rootsOf } from './graphql-queries.ts'
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
      else add(file.path, 'graphql', await stillAsked(graphqlDrafts(base, head), base, file.path, change.trees.head))
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

/** Removed fields of a GraphQL schema with a query of the repository that still asks for them. */
async function stillAsked(drafts: readonly Draft[], base: string, own: string, tree: Tree): Promise<readonly Draft[]> {
  const schema = typesOf(base)
  // What callers send is written in their code, not in what they ask for.
  const isAsked = ({ what, owner }: Draft): boolean => what === 'removed' && schema.get(owner)?.kind !== 'input'
  const names = new Set(drafts.filter(isAsked).map(({ name }) => name))
  if (names.size === 0) return drafts
  const paths = (await tree.list()).filter(
    path => path !== own && /\.(graphqls?|gql|[cm]?[jt]sx?|vue|swift|kt|py|rb)$/.test(path) && roleOf(path) === 'live',
  )
  const types = new Map(schema)
  const roots = rootsOf(base)
  const queries: { readonly path: string; readonly text: string }[] = []
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || text.length > longest || /generated/i.test(path)) continue
    // Operations and fragments, not the schema itself or what is generated from it.
    if (/^\s*(type|input|interface)\s+\w+.*\{/m.test(text)) {
      if (/\.(graphqls?|gql)$/.test(path))
        for (const [name, type] of typesOf(text)) if (!types.has(name)) types.set(name, type)
    } else if (/\b(query|mutation|subscription|fragment)\s+\w+[^{]*\{/.test(text)) queries.push({ path, text })
  }
  const asked = queries.flatMap(({ path, text }) =>
    fieldsAsked(text, types, roots).flatMap(field => (names.has(field.name) ? [{ path, ...field }] : [])),
  )
  return drafts.map(draft => {
    const place = isAsked(draft)
      ? asked.find(field => field.name === draft.name && isOf(field, draft.owner))
      : undefined
    return place === undefined ? draft : { ...draft, usedAt: `${place.path}:${place.line}` }
  })
}
