/** How the server carries an alteration out. */
export interface Way {
  readonly algorithm: 'instant' | 'nocopy' | 'inplace' | 'copy'
  /** Others can write to the table meanwhile. */
  readonly writes: boolean
  /** `none`: only the description of the table changes. `build`: an index. `rewrite`: the whole table. `scan`: rows are only read. */
  readonly work: 'none' | 'scan' | 'build' | 'rewrite'
  /** A copy that blocks writes even where copies are online. */
  readonly offline?: boolean
  readonly assumes?: string
}

const lag = 'it lets others write, but a replica runs the statement only afterwards and lags for as long as it took'

export const instant: Way = { algorithm: 'instant', writes: true, work: 'none' }
export const metadata: Way = { algorithm: 'inplace', writes: true, work: 'none' }
export const nocopyMetadata: Way = { algorithm: 'nocopy', writes: true, work: 'none' }
export const build: Way = { algorithm: 'inplace', writes: true, work: 'build', assumes: lag }
export const nocopyBuild: Way = { ...build, algorithm: 'nocopy' }
export const sharedBuild: Way = { algorithm: 'inplace', writes: false, work: 'build' }
export const nocopySharedBuild: Way = { ...sharedBuild, algorithm: 'nocopy' }
export const rebuild: Way = { algorithm: 'inplace', writes: true, work: 'rewrite', assumes: lag }
export const sharedRebuild: Way = { algorithm: 'inplace', writes: false, work: 'rewrite' }
export const copy: Way = { algorithm: 'copy', writes: false, work: 'rewrite' }
export const offlineCopy: Way = { ...copy, offline: true }

/** From the best to the worst. */
export const ranks = { instant: 0, nocopy: 1, inplace: 2, copy: 3 } satisfies Record<Way['algorithm'], number>

/** The way with one more assumption. */
export function assuming(way: Way, assumption: string): Way {
  return { ...way, assumes: way.assumes === undefined ? assumption : `${way.assumes}; ${assumption}` }
}
