import { readFileSync } from 'node:fs'
import { compileFunction } from 'node:vm'
import type { checkSync } from 'recheck'
import type { Translated } from './translate.ts'

/** How slow an expression can get; undefined when it is linear or the analysis could not tell. */
export interface Slowness {
  readonly complexity: 'exponential' | 'polynomial'
  readonly degree?: number
  readonly attack: string
  /** Offsets of the hottest part in the expression that was analysed. */
  readonly hot?: { readonly start: number; readonly end: number }
}

// Found with automata where they stay small, else by trying texts. Bounded by steps, so that a busy machine finds the
// same; the limits in milliseconds are only for what gets out of hand. Unknown beats slow.
const limits = {
  checker: 'auto',
  maxNFASize: 2000,
  heatRatio: 0.001,
  maxInitialGenerationSize: 100,
  maxGenerationSize: 30,
  maxIteration: 3,
  attackLimit: 100_000_000,
  attackTimeout: 15_000,
  incubationTimeout: 10_000,
  timeout: 30_000,
} as const

let analyser: Promise<typeof checkSync> | undefined

/**
 * The browser build is the analyser alone: no native program, no Java, no worker. It is shipped beside the bundle as it
 * is: minified once more it refuses every expression.
 */
function loadAnalyser(): Promise<typeof checkSync> {
  analyser ??= import('recheck/lib/browser.js?file').then(file => {
    const module: { exports: { checkSync?: typeof checkSync } } = { exports: {} }
    compileFunction(readFileSync(file.default, 'utf8'), ['module', 'exports'])(module, module.exports)
    if (module.exports.checkSync === undefined) throw new Error('the analyser of regular expressions is damaged')
    return module.exports.checkSync
  })
  return analyser
}

/** Analyses one expression (two seconds of work for the worst; most take a few milliseconds). */
export async function slownessOf({ source, flags }: Translated): Promise<Slowness | undefined> {
  const check = await loadAnalyser()
  const result = check(source, flags, limits)
  if (result.status !== 'vulnerable') return undefined
  const { type } = result.complexity
  if (type !== 'exponential' && type !== 'polynomial') return undefined
  const hot = result.hotspot.find(spot => spot.temperature === 'heat') ?? result.hotspot[0]
  return {
    complexity: type,
    ...(type === 'polynomial' ? { degree: result.complexity.degree } : {}),
    attack: result.attack.pattern,
    ...(hot === undefined ? {} : { hot: { start: hot.start, end: hot.end } }),
  }
}
