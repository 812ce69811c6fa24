import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { lineText } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { WorkflowSyntaxFact } from './index.ts'
import { type Refusal, refusalsOf } from './problems.ts'

/** Most facts of one workflow: GitHub refuses the file for the first. */
const mostFacts = 5

/** Finds what makes GitHub refuse a workflow, where that is new with this change. */
export async function extractWorkflowSyntax(_: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: WorkflowSyntaxFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const artifact of artifacts) {
    if (!artifact.head) continue
    try {
      const found = await newRefusals(artifact, artifact.head)
      if (found) facts.push(...found)
      else notAnalysed.push({ path: artifact.path, reason: 'it is too large to check as a workflow' })
    } catch {
      notAnalysed.push({ path: artifact.path, reason: "GitHub's workflow parser could not read it" })
    }
  }
  return { facts, notAnalysed }
}

async function newRefusals(artifact: Artifact, head: Source): Promise<readonly WorkflowSyntaxFact[] | undefined> {
  const now = await refusalsOf(head)
  if (now === undefined || now.length === 0) return now && []
  const { base } = artifact
  // The configuration of a tool that lies in the folder has no jobs to lose.
  if (!namesWorkflow.test(head.text) && !(base && namesWorkflow.test(base.text))) return []
  const before = base && isWorkflow(base) ? await refusalsOf(base) : []
  if (before === undefined) return undefined
  const old = new Set(base ? before.map(refusal => signature(refusal, base)) : [])
  const baseValid = base !== undefined && isWorkflow(base) && before.length === 0
  return (
    now
      .filter(refusal => !old.has(signature(refusal, head)))
      // A workflow that was refused before is being repaired, perhaps step by step.
      .filter(refusal => baseValid || touches(artifact, 'head', refusal.span))
      .slice(0, mostFacts)
      .map(({ topic, detail, span }) => ({
        kind: 'workflow-syntax',
        path: artifact.path,
        side: 'head',
        span,
        topic,
        detail,
        baseValid,
      }))
  )
}

/** A key that only workflows have. */
const namesWorkflow = /^["']?(on|jobs)["']?[ \t]*:/m

function isWorkflow({ path }: Source): boolean {
  return path.startsWith('.github/workflows/')
}

/** The same complaint about the same text is old debt. Lines may have moved. */
function signature({ detail, span }: Refusal, { lines }: Source): string {
  return `${detail}\n${lineText(lines, span.line).trim()}`
}
