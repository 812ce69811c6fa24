import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { lineText } from '../../text/lines.ts'
import { dotenvArtifacts, isDotenv } from '../environment/dotenv.ts'
import type { Extraction, FactContext } from '../types.ts'
import { onChangedLine } from './anchor.ts'
import { codeProblem, isCodeLanguage } from './code.ts'
import { conflictIn } from './conflict.ts'
import type { SyntaxFact } from './index.ts'
import { looseConflicts } from './loose.ts'
import { isNginx, nginxProblem } from './nginx.ts'
import { dotenvCuts, dotenvProblem, iniProblem, phpProblem } from './plain-text.ts'
import { type Problem, signature } from './problem.ts'
import { type Reader, readerOf, rubyRoot } from './readers.ts'
import { isTemplatePath, wrongOnPurpose } from './template.ts'

/** Finds what keeps changed files from being read, and values that are read as something else than at base. */
export async function extractSyntax(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: SyntaxFact[] = []
  const notAnalysed: NotAnalysed[] = []
  const ruby = rubyRoots(context)
  for (const artifact of [...artifacts, ...(await dotenvArtifacts(context))]) {
    if (
      !artifact.head ||
      artifact.kind === 'helm-template' ||
      wrongOnPurpose(artifact.path) ||
      isTemplatePath(artifact.path)
    )
      continue
    try {
      const found = await check(artifact, artifact.head, await ruby(artifact))
      if ('reason' in found) notAnalysed.push(found)
      else facts.push(...found.facts)
    } catch {
      notAnalysed.push({ path: artifact.path, reason: 'its syntax could not be checked: it is nested too deeply' })
    }
  }
  facts.push(...(await looseConflicts(context, new Set(artifacts.map(({ path }) => path)))))
  return { facts, notAnalysed }
}

interface Found {
  /** One per document: it cannot be read. */
  readonly broken: readonly Problem[]
  /** It can be read, and something in it is wrong all the same. */
  readonly others: readonly Problem[]
  readonly tooLarge?: boolean
}

/** Tells whether a Ruby application stands around a file; asks the tree once per folder. */
function rubyRoots({ change }: FactContext): (artifact: Artifact) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>()
  return async artifact => {
    const root = rubyRoot(artifact)
    if (root === undefined) return false
    const names = ['Gemfile', 'config/application.rb', 'config.ru']
    const answer =
      known.get(root) ??
      Promise.all(names.map(name => change.trees.head.read(root + name))).then(all =>
        all.some(text => text !== undefined),
      )
    known.set(root, answer)
    return answer
  }
}

/** Most facts of one file: whoever repairs that many will look at the rest, too. */
const mostFacts = 20
/** Most quick fixes that are tried out: each reads the file once more. */
const mostFixes = 3

async function check(
  artifact: Artifact,
  head: Source,
  ruby: boolean,
): Promise<{ facts: readonly SyntaxFact[] } | NotAnalysed> {
  const { base } = artifact
  const reader = readerOf(artifact, ruby)
  const added = (line: number) => touches(artifact, 'head', { line, endLine: line })
  const now = await problemsOf(artifact, head, reader, added)
  if (now.tooLarge)
    return {
      path: artifact.path,
      reason: `its syntax was not checked: ${size(head.text)} of ${artifact.language.toUpperCase()}${documentsIn(head.text)} in one file`,
    }
  if (now.broken.length + now.others.length === 0) return { facts: [] }
  const before = base ? await problemsOf(artifact, base, reader, () => false) : undefined
  const old = new Set(
    base && before ? [...before.broken, ...before.others].map(problem => signature(problem, base.lines)) : [],
  )
  const baseParsed = before !== undefined && before.broken.length === 0
  const fresh = (problem: Problem) => {
    if (old.has(signature(problem, head.lines))) return false
    // Whoever read comments or trailing commas at base still does.
    if (isLenient(problem) && before?.broken.some(isLenient)) return false
    // A file that was broken before is being repaired, perhaps step by step: only what the change itself adds counts.
    return before === undefined || baseParsed || touches(artifact, 'head', problem.span)
  }
  const format = formatOf(artifact)
  const facts: SyntaxFact[] = []
  const reported = oneDuplicate([...now.broken, ...now.others].filter(fresh)).slice(0, mostFacts)
  for (const [index, found] of reported.entries()) {
    const problem = baseParsed && format === 'yaml' ? onChangedLine(found, artifact, head) : found
    const unreadable = now.broken.includes(found) || problem.problem === 'missing-document-separator'
    const quickFix =
      index < mostFixes && now.broken.length <= mostFacts ? await curedBy(problem, artifact, head, unreadable) : ''
    facts.push({
      kind: 'syntax',
      path: artifact.path,
      side: 'head',
      format,
      baseParsed,
      reader: reader.name,
      strictKeys: reader.strictKeys,
      consequence: reader.consequence,
      key: '',
      ...problem,
      quickFix,
    })
  }
  return { facts }
}

/** Doubled keys often come in a whole block: the first stands for all. */
function oneDuplicate(found: readonly Problem[]): readonly Problem[] {
  const duplicates = found.filter(({ problem }) => problem === 'duplicate-key')
  const [first] = duplicates
  if (first === undefined || duplicates.length === 1) return found
  const more =
    duplicates.length === 2 ? 'one more key of this file is' : `${duplicates.length - 1} more keys of this file are`
  return found.flatMap(problem =>
    problem === first
      ? [{ ...first, detail: `${first.detail} (${more} doubled, too)` }]
      : problem.problem === 'duplicate-key'
        ? []
        : [problem],
  )
}

function isLenient({ problem }: Problem): boolean {
  return problem === 'comment' || problem === 'trailing-comma'
}

function documentsIn(text: string): string {
  const count = text.split('\n---').length
  return count > 1000 ? ` with ${count.toLocaleString('en-US')} documents` : ''
}

function size(text: string): string {
  return text.length < 1e6 ? `${Math.round(text.length / 1e3)} kB` : `${(text.length / 1e6).toFixed(1)} MB`
}

function formatOf({ language, path, head }: Artifact): SyntaxFact['format'] {
  if (language === 'php') return 'php'
  if (language === 'conf') return head !== undefined && isNginx(head) ? 'nginx' : 'text'
  if (isDotenv(path)) return 'dotenv'
  if (isCodeLanguage(language)) return 'code'
  return language === 'yaml' ||
    language === 'json' ||
    language === 'jsonc' ||
    language === 'toml' ||
    language === 'hcl' ||
    language === 'ini'
    ? language
    : 'text'
}

async function problemsOf(
  artifact: Artifact,
  source: Source,
  reader: Reader,
  added: (line: number) => boolean,
): Promise<Found> {
  const conflict = conflictIn(source.lines)
  if (conflict) return { broken: artifact.role === 'live' ? [conflict] : [], others: [] }
  switch (artifact.language) {
    case 'yaml':
      return yaml(artifact, source, reader, added)
    case 'json':
    case 'jsonc':
      return json(artifact, source)
    case 'toml': {
      const problem = await (await import('./toml.ts')).tomlProblem(source)
      return { broken: problem ? [problem] : [], others: [] }
    }
    default: {
      const problem = await otherProblem(artifact, source)
      if (problem) return { broken: [problem], others: [] }
      return {
        broken: [],
        others: formatOf(artifact) === 'dotenv' && artifact.role === 'live' ? dotenvCuts(source) : [],
      }
    }
  }
}

async function otherProblem(artifact: Artifact, source: Source): Promise<Problem | undefined> {
  if (artifact.role !== 'live' || source.text.length > 1_000_000) return undefined
  switch (formatOf(artifact)) {
    case 'hcl':
      return (await import('./hcl.ts')).hclProblem(source)
    case 'nginx':
      return nginxProblem(source)
    case 'ini':
      return iniProblem(source)
    case 'dotenv':
      return dotenvProblem(source)
    case 'php':
      return phpProblem(source) ?? (source === artifact.head ? codeProblem(artifact) : undefined)
    case 'code':
      // Both sides are compared there.
      return source === artifact.head ? codeProblem(artifact) : undefined
    default:
      return undefined
  }
}

async function yaml(
  artifact: Artifact,
  source: Source,
  reader: Reader,
  added: (line: number) => boolean,
): Promise<Found> {
  const [{ yamlProblems }, { valueProblems }] = await Promise.all([import('./yaml.ts'), import('./values.ts')])
  const { broken, duplicates, tooLarge } = await yamlProblems(source, reader.strictKeys, added)
  const values =
    source === artifact.head && broken.length === 0 && !tooLarge ? await valueProblems(artifact, source, reader) : []
  const parted =
    source === artifact.head && broken.length === 0 && !tooLarge && (await second(artifact, source, reader))
  return { broken, others: [...duplicates, ...values, ...(parted ? [parted] : [])], tooLarge }
}

/** Most files have one document, and the parser of the others need not be asked. */
async function second(artifact: Artifact, head: Source, reader: Reader): Promise<Problem | undefined> {
  if (!/\n---/.test(head.text)) return undefined
  return (await import('./second-document.ts')).secondDocument(artifact, head, reader)
}

/** Known readers of strict JSON; for any other file comments are a question of its reader. */
const strictJson = /(^|\/)(package|composer|bower|manifest|vercel|app|firebase|lerna|now)\.json$|\.webmanifest$/
/** Files whose readers accept comments, beyond those that are classified as JSON with comments. */
const jsonWithComments =
  /(^|\/)(\.[\w.-]+rc(\.json)?|\.?(oxlint|biome|nx|project|angular|cspell|typedoc|markdownlint|babel\.config|appsettings[\w.-]*|components|pyrightconfig|nest-cli|sfdx-project|tsdoc|knip|rush|launchSettings|tslint|jsconfig)[\w.-]*\.json)$|\.(code-snippets|sublime-[\w-]+|jsonc|json5|hjson)$|(^|\/)\.(vscode|devcontainer|zed|claude|cursor)\//i

async function json(artifact: Artifact, source: Source): Promise<Found> {
  if (/\.(json5|hjson)$/i.test(source.path) || (source.text.trim() === '' && artifact.base === undefined))
    return { broken: [], others: [] }
  const { jsonProblems } = await import('./json.ts')
  const { broken, duplicates, lenient } = await jsonProblems(source)
  if (broken) return { broken: severalValues(broken, source) ? [] : [broken], others: [] }
  const strict =
    artifact.language === 'json' &&
    (strictJson.test(source.path) || (artifact.base !== undefined && !jsonWithComments.test(source.path)))
  return { broken: lenient && strict ? [lenient] : [], others: duplicates }
}

/** One JSON value per line: another format under the same ending. */
function severalValues({ detail }: Problem, { text }: Source): boolean {
  return detail.includes('after the end of the value') && /^\s*[[{].*[\]}]\s*\n\s*[[{]/.test(text)
}

/** The corrected line, where reading the text with it shows that it cures the problem. */
async function curedBy(problem: Problem, artifact: Artifact, head: Source, broken: boolean): Promise<string> {
  const { quickFix = '' } = problem
  if (quickFix === '' || quickFix === lineText(head.lines, problem.span.line)) return ''
  // What can be read all the same is not cured in the eyes of the parser.
  if (artifact.language !== 'yaml' || !broken) return quickFix
  if (head.text.length > 200_000) return ''
  const { isCured } = await import('./yaml.ts')
  return (await isCured(head, problem, quickFix)) ? quickFix : ''
}
