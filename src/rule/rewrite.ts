import type { Source } from '../artifact/types.ts'
import type { Rewrite, Rewriter } from '../facts/rewrite.ts'
import type { Fact, FactContext, FactKind } from '../facts/types.ts'
import { messageOf } from '../text/errors.ts'
import type { Finding } from './types.ts'

/** A finding with what it was found in. */
export interface Flagged {
  readonly finding: Finding
  readonly fact: Fact
  /** Name of the rewrite that its rule asks for. */
  readonly wanted: string | undefined
  /** The file at head. */
  readonly source: Source | undefined
}

interface Rewritten {
  readonly findings: readonly Finding[]
  readonly problems: readonly { readonly path: string; readonly line: number; readonly message: string }[]
}

/** Most rewrites of one file, and most characters that they read together: each may parse the file anew. */
const mostRewrites = 100
const mostRead = 5_000_000
/** Of a file of any size the first few findings get theirs. */
const always = 5

function isWorthIt(source: Source, done: number): boolean {
  return done < always || (done < mostRewrites && done * source.text.length < mostRead)
}

/** Adds to findings the safer way that their rules ask for. What that costs falls on findings only. */
export async function withRewrites(
  flagged: readonly Flagged[],
  kind: FactKind,
  context: FactContext,
): Promise<Rewritten> {
  const findings: Finding[] = []
  const problems: { path: string; line: number; message: string }[] = []
  let rewriter: Rewriter | undefined
  const done = new Map<Source, number>()
  for (const { finding, fact, wanted, source } of flagged) {
    let rewrite: Rewrite | undefined
    const wants = wanted !== undefined && source !== undefined && fact.side === 'head'
    const before = (source && done.get(source)) ?? 0
    if (wants && kind.loadRewriter !== undefined && isWorthIt(source, before)) {
      done.set(source, before + 1)
      try {
        rewriter ??= await kind.loadRewriter()
        rewrite = await rewriter(wanted, fact, source, context)
      } catch (error) {
        const message = `the rewrite for ${finding.rule} failed: ${messageOf(error)}`
        problems.push({ path: finding.path, line: finding.line, message })
      }
    }
    findings.push(rewrite === undefined ? finding : { ...finding, rewrite })
  }
  return { findings, problems }
}
