import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { slownessOf } from './analyse.ts'
import { patternsInCode } from './code.ts'
import { patternsInData } from './data.ts'
import type { Pattern } from './found.ts'
import type { PatternFact } from './index.ts'
import { mayBeSlow, translate } from './translate.ts'

/** Largest file that is read for expressions, in characters. */
const largest = 500_000
/** Processor time for all expressions of one change: time on the clock would depend on what else the machine does. */
const budgetMs = 4_000

/** Expressions on changed lines that some text makes slow. */
export async function extractPatterns(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: PatternFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const stopAt = workDone() + budgetMs
  for (const artifact of artifacts) {
    const source = artifact.head
    if (source === undefined || source.text.length > largest || artifact.hunks.length === 0) continue
    try {
      for (const pattern of await newPatterns(artifact, source)) {
        if (pattern.engine === 'ruby' && (await rubyRemembers(context, pattern.source))) continue
        if (workDone() > stopAt) throw new Error('too many to analyse')
        const fact = await factOf(artifact, source, pattern)
        if (fact !== undefined) facts.push(fact)
      }
    } catch (error) {
      const reason = `not all of its regular expressions could be analysed (${messageOf(error)})`
      notAnalysed.push({ path: artifact.path, reason })
    }
  }
  return { facts, notAnalysed }
}

/** Milliseconds of processor time this process has used. */
function workDone(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** A repetition as expressions have them: after a class, a group, an escape or a dot. Sums and products look otherwise. */
const repetition = /[\])][*+]|\\\w[*+]|\.[*+]|\w[*+][)$/|\\]|\{\d+,\}/

/** Does any changed line hold a repetition? Parsing is for those that do. */
function mayHold(artifact: Artifact, source: Source): boolean {
  return artifact.hunks.some(({ headStart, headCount }) => {
    const from = source.lines.starts[headStart - 1] ?? source.text.length
    return repetition.test(source.text.slice(from, source.lines.starts[headStart - 1 + headCount]))
  })
}

async function newPatterns(artifact: Artifact, source: Source): Promise<readonly Pattern[]> {
  if (!mayHold(artifact, source)) return []
  const read = async (from: Source): Promise<readonly Pattern[]> => [
    ...(await patternsInCode(from, artifact.language)),
    ...(isData(artifact) ? await patternsInData(from, artifact.language) : []),
  ]
  const touched = (await read(source)).filter(
    pattern => touches(artifact, 'head', spanOf(source.lines, pattern.start, pattern.end)) && mayBeSlow(pattern.source),
  )
  if (touched.length === 0 || artifact.base === undefined) return touched
  const before = new Set((await read(artifact.base)).map(pattern => pattern.source))
  return touched.filter(pattern => !before.has(pattern.source))
}

function isData({ language }: Artifact): boolean {
  return ['yaml', 'json', 'jsonc', 'toml', 'conf'].includes(language)
}

async function factOf(artifact: Artifact, source: Source, pattern: Pattern): Promise<PatternFact | undefined> {
  const translated = translate(pattern)
  const slowness = translated === undefined ? undefined : await slownessOf(translated)
  if (translated === undefined || slowness === undefined) return undefined
  const { complexity, degree, attack, hot } = slowness
  return {
    kind: 'pattern',
    path: artifact.path,
    side: 'head',
    span: spanOf(source.lines, pattern.start, pattern.end),
    expression: brief(pattern.source, 80),
    engine: pattern.engine,
    place: pattern.place,
    runsIn: runsIn(artifact.path),
    complexity,
    ...(degree === undefined ? {} : { degree }),
    attack: brief(attack, 120),
    slowPart: hot === undefined ? '' : brief(translated.source.slice(hot.start, hot.end), 40),
  }
}

const buildPath =
  /(^|[/._-])(webpack|rollup|vite|esbuild|gulp|grunt|eslint|babel|postcss|tailwind|prettier|jest|vitest|storybook|codemods?|codegen|scripts?|build|builder|tools?|tooling|bin|ci|dev|hack|lint(er|ers|ing)?|release|setup\.py|tasks|rakelib|docs?)([/._-]|$)|\.config\.\w+$|\.rake$/i
const browserPath =
  /\.(jsx|tsx|vue)$|(^|\/)(assets|static|frontend|front-end|client|public|javascripts?|components|webapp|ui|resources\/js|js\/src|theme|themes)\//i

/** Where code at a path runs, as far as the path tells. */
function runsIn(path: string): PatternFact['runsIn'] {
  return buildPath.test(path) ? 'build' : browserPath.test(path) ? 'browser' : 'server'
}

function brief(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}

/** From 3.2 on, Ruby remembers where a match failed, except with look-around and back-references. */
async function rubyRemembers(context: FactContext, source: string): Promise<boolean> {
  if (/\(\?<?[=!]|\\[1-9]|\\k</.test(source)) return false
  const { head } = context.change.trees
  const named = (await head.read('.ruby-version')) ?? (await head.read('.tool-versions')) ?? ''
  const version = /(?:^|ruby[- ])v?(\d+)\.(\d+)/m.exec(named)
  if (version === null) return false
  const [major, minor] = [Number(version[1]), Number(version[2])]
  return major > 3 || (major === 3 && minor >= 2)
}
