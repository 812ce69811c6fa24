import { roleOf } from '../../artifact/classify.ts'
import { isRotationPath } from '../../artifact/rotation-path.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Hunk } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import { lineSpan, positionAt } from '../../text/lines.ts'
import { covers } from '../rotation/places.ts'
import { readRotations } from '../rotation/read.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { LogfileFact } from './index.ts'
import { javaLogging } from './java.ts'
import { type Writer, writersIn } from './writers.ts'

interface Sides {
  readonly path: string
  readonly language: string
  readonly head: Source
  readonly base?: Source
  readonly hunks: readonly Hunk[]
}

/** Log files that the change lets grow without a limit. What logrotate covers in the same repository is bounded. */
export async function extractLogfiles(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly LogfileFact[] }> {
  const files: Sides[] = artifacts.flatMap(({ head, ...rest }) => (head === undefined ? [] : [{ ...rest, head }]))
  files.push(...(await javaFiles(context)))
  const facts = files.flatMap(factsOf)
  if (facts.length === 0) return { facts, notAnalysed: [] }
  const rotated = await rotatedLogs(context)
  return {
    facts: facts.filter(({ log }) => log === '' || !rotated.some(pattern => covers(pattern, log))),
    notAnalysed: [],
  }
}

function factsOf({ path, language, head, base, hunks }: Sides): readonly LogfileFact[] {
  const before = base === undefined ? [] : writersIn(base.text, language)
  const same = new Map<string, number>()
  for (const writer of before) same.set(signature(writer), (same.get(signature(writer)) ?? 0) + 1)
  const now = writersIn(head.text, language)
  const isNew = now.filter(writer => {
    const left = same.get(signature(writer)) ?? 0
    if (left > 0) same.set(signature(writer), left - 1)
    return left === 0
  })
  // What was bounded and is no longer there may have become what is unbounded now.
  const gone = before.filter(
    writer => writer.state === 'bounded' && !now.some(one => signature(one) === signature(writer)),
  )
  return isNew.flatMap((writer): readonly LogfileFact[] => {
    if (writer.state === 'bounded') return []
    const { line } = positionAt(head.lines, writer.offset)
    const touched = hunks.some(
      ({ headStart, headCount }) => line < headStart + headCount + 12 && line + 12 >= headStart,
    )
    if (!touched) return []
    const old = gone.find(one => one.file === writer.file) ?? (gone.length === 1 ? gone[0] : undefined)
    return [
      {
        kind: 'logfile',
        path,
        side: 'head',
        span: lineSpan(head.lines, line),
        form: old ? 'lost' : writer.state === 'never-rotates' ? 'never-rotates' : 'added',
        writer: writer.writer,
        log: writer.file,
        bound: writer.bound,
        absolute: writer.file.startsWith('/'),
      },
    ]
  })
}

function signature({ writer, file, state }: Writer): string {
  return `${writer}\n${file}\n${state}`
}

async function javaFiles({ change, config }: FactContext): Promise<readonly Sides[]> {
  const ignored = globs(config.ignore)
  const found: Sides[] = []
  for (const file of change.files) {
    if (!javaLogging.test(file.path) || ignored(file.path) || roleOf(file.path) !== 'live') continue
    const [base, head] = await Promise.all([file.read('base'), file.read('head')])
    if (head === undefined || !('text' in head) || head.text.length > 500_000) continue
    found.push({
      path: file.path,
      language: 'xml',
      head: sourceOf(file.path, 'head', head.text),
      ...(base !== undefined && 'text' in base ? { base: sourceOf(file.path, 'base', base.text) } : {}),
      hunks: await file.hunks(),
    })
  }
  return found
}

async function rotatedLogs({ change }: FactContext): Promise<readonly string[]> {
  const paths = (await change.trees.head.list()).filter(isRotationPath).slice(0, 60)
  const texts = await Promise.all(paths.map(path => change.trees.head.read(path)))
  return texts.flatMap(text =>
    text === undefined ? [] : readRotations(text).blocks.flatMap(block => (block.refused ? [] : block.logs)),
  )
}
