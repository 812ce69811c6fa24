import type { Side } from '../../change/types.ts'
import type { FactContext } from '../types.ts'
import { engineOf, type Reference, stemOf } from './engines.ts'

/** The files of one side, by the name a template can be called by. */
export interface Listing {
  readonly paths: readonly string[]
  readonly byStem: ReadonlyMap<string, readonly string[]>
  /** Every folder that holds a template, with the folders above it cut off step by step: `app/views/a/b`, `views/a/b`, `a/b`, `b`. */
  readonly folders: ReadonlySet<string>
}

const listings = new WeakMap<FactContext, Map<Side, Promise<Listing>>>()

/** The files of a side, listed once per change. */
export function listingOf(context: FactContext, side: Side): Promise<Listing> {
  const known = listings.get(context) ?? new Map<Side, Promise<Listing>>()
  listings.set(context, known)
  const listing = known.get(side) ?? listAll(context, side)
  known.set(side, listing)
  return listing
}

async function listAll(context: FactContext, side: Side): Promise<Listing> {
  const paths = await context.change.trees[side].list()
  const byStem = new Map<string, string[]>()
  const folders = new Set<string>()
  for (const path of paths) {
    const stem = stemOf(path)
    const same = byStem.get(stem)
    if (same === undefined) byStem.set(stem, [path])
    else same.push(path)
    if (engineOf(path) === undefined || path.endsWith('.rb')) continue
    const parts = path.split('/').slice(0, -1)
    for (let from = 0; from < parts.length; from++) folders.add(parts.slice(from).join('/'))
  }
  return { paths, byStem, folders }
}

/** Paths that answer to a reference. */
export function answersTo(listing: Listing, reference: Reference): readonly string[] {
  return (listing.byStem.get(reference.stem) ?? []).filter(reference.answers)
}
