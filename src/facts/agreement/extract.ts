import { textOf } from '../../change/content.ts'
import type { ChangedFile, NotAnalysed, Tree } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import { indexLines, type Span } from '../../text/lines.ts'
import { escapePattern } from '../../text/pattern.ts'
import type { Extraction, FactContext } from '../types.ts'
import { agrees, areCopies, arePeers } from './files.ts'
import type { AgreementFact } from './index.ts'
import { holdsWhole, isComment, replacedIn, saying } from './lines.ts'
import { goneServices, type Service } from './services.ts'

/** Most files of configuration that are read, most values, most places that are told, and the longest file in characters. */
const mostFiles = 1500
const mostValues = 40
const mostPlaces = 5
const largest = 200_000

interface Changed {
  readonly what: 'path' | 'port' | 'service'
  readonly file: Pick<ChangedFile, 'path' | 'basePath'>
  readonly side: 'base' | 'head'
  readonly span: Span
  readonly before: string
  readonly after: string
  /** The words in front of the value in its own line. */
  readonly words: string
  /** Names under which others reach what the file is about. */
  readonly names: readonly string[]
}

/** Values that other files still have as they were before the change. */
export async function extractAgreements({
  change,
  artifacts,
  config,
}: FactContext): Promise<Extraction & { readonly facts: readonly AgreementFact[] }> {
  const ignored = globs(config.ignore)
  const files = change.files.filter(({ path }) => agrees(path) && !ignored(path))
  const changed: Changed[] = []
  for (const file of files) {
    const [base, head] = [await textOf(file, 'base'), await textOf(file, 'head')]
    if (base === undefined || head === undefined || Math.max(base.length, head.length) > largest) continue
    changed.push(...(await replacedValues(file, base, head)))
  }
  for (const service of await goneServices(artifacts.filter(({ path }) => agrees(path)))) changed.push(missing(service))
  // A tree that is moved as a whole is no slip.
  if (changed.length === 0 || changed.length > mostValues) return { facts: [], notAnalysed: [] }
  const paths = (await change.trees.head.list()).filter(agrees)
  // Whether the others have followed shows only when all of them were read.
  if (paths.length > mostFiles) return { facts: [], notAnalysed: changed.map(tooMany) }
  const texts = await textsWith(change.trees.head, paths, changed)
  return { facts: changed.flatMap(value => factOf(value, texts)), notAnalysed: [] }
}

/** Files and sockets by their absolute path, below the folders where programs leave them for one another. */
const absolutePath =
  /(?<=(?:^|[\s"'`=:,;([{<>|])(?:unix:(?:\/\/)?)?)\/(?:etc|var|srv|opt|run|data|mnt|home|certs?|secrets?|vault|ssl|tls|shared|sockets?)\/[\w.@+-]+(?:\/[\w.@+-]+)*(?![\w/*${}<-])/g
/** Paths that every machine has, and folders in which many programs keep something of their own. */
const common =
  /^\/(etc\/(ssl\/certs\/ca-|localtime|passwd|hosts|resolv\.conf|os-release|timezone|pki\/tls\/certs\/ca)|var\/run\/(docker\.sock|secrets\/)|run\/(docker\.sock|secrets\/)|var\/lib\/(docker|kubelet)|proc|dev|home\/\w+\/(bin|\.))|^\/(var|etc|run|opt|srv|data|mnt|home)\/(log|lib|run|tmp|cache|app|apps|www|conf|config|data|nginx|ssl|certs?|db)$/
const port =
  /(?<=(?:^|[\s"'_-])(?:port|listen|bind|expose)\w*["']?\s*[:= ]\s*["']?(?:[\w.*]+:)?)\d{4,5}(?=["',\s;]|$)/gi

async function replacedValues(file: ChangedFile, base: string, head: string): Promise<readonly Changed[]> {
  const hunks = await file.hunks()
  const indexes = [indexLines(base), indexLines(head)] as const
  let lines: readonly string[] = []
  const found = (what: 'path' | 'port', pattern: RegExp): readonly Changed[] =>
    replacedIn(...indexes, hunks, pattern).flatMap(({ before, after, line, span }) => {
      if (lines.length === 0) lines = head.split('\n')
      if (lines.some(other => holdsWhole(other, before))) return []
      const words = saying(lines[line - 1] ?? '', after)
      return [{ what, file, side: 'head', span, before, after, words, names: namesOf(file.path, lines, line) } as const]
    })
  return [...found('path', absolutePath).filter(({ before }) => !common.test(before)), ...found('port', port)]
}

/** Names by which others may call what a line of a file is about: its folders, its file, the service of compose above it. */
function namesOf(path: string, lines: readonly string[], line: number): readonly string[] {
  const names = path.split('/').map(step => step.replace(/\..*$/, ''))
  for (let at = line - 1; at > 0; at--) {
    const name = /^ {2}([\w-]+):\s*$/.exec(lines[at - 1] ?? '')?.[1]
    if (name !== undefined) return [...names, name]
  }
  return names
}

const general =
  /^(config|conf|app|server|service|services|production|staging|deploy|docker|infra|src|main|values|settings|etc|apps|packages|web|default|local(host)?)$/

function missing({ file, name, hosts, span }: Service): Changed {
  return { what: 'service', file, side: 'base', span, before: name, after: '', words: '', names: hosts }
}

function tooMany({ file, before }: Changed): NotAnalysed {
  const reason = `whether other files still say \`${before}\`: more than ${mostFiles.toLocaleString('en')} files of configuration`
  return { path: file.path, reason }
}

async function textsWith(
  tree: Tree,
  paths: readonly string[],
  changed: readonly Changed[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(changed.flatMap(({ before, after }) => (after === '' ? [before] : [before, after])))]
  const texts = new Map<string, string>()
  for (const path of paths) {
    const text = await tree.read(path)
    if (text !== undefined && text.length <= largest && wanted.some(value => text.includes(value)))
      texts.set(path, text)
  }
  return texts
}

function factOf(changed: Changed, texts: ReadonlyMap<string, string>): readonly AgreementFact[] {
  const { what, file, side, span, before, after } = changed
  const others = [...texts].filter(([path]) => path !== file.path || what === 'service')
  const places = what === 'path' ? ofPath(changed, others) : ofAddress(changed, others)
  if (places.length === 0) return []
  return [
    {
      kind: 'agreement',
      path: side === 'base' ? (file.basePath ?? file.path) : file.path,
      side,
      span,
      what,
      value: after,
      baseValue: before,
      places: places.slice(0, mostPlaces),
    },
  ]
}

type Texts = readonly (readonly [path: string, text: string])[]

/** Two or three files name the path in ways of their own. What many name is a custom, and what all name alike are copies. */
function ofPath({ file, before, after, words }: Changed, others: Texts): readonly string[] {
  const lines = others.flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) => {
      if (holdsWhole(line, after)) return [{ path, index, line, isNew: true }]
      return holdsWhole(line, before) ? [{ path, index, line, isNew: false }] : []
    }),
  )
  if (lines.some(({ isNew }) => isNew)) return []
  const paths = new Set(lines.map(({ path }) => path))
  if (paths.size > 3 || [...paths].some(path => areCopies(path, file.path))) return []
  if (lines.some(({ line }) => saying(line, before) === words)) return []
  return lines.filter(({ path }) => arePeers(path, file.path)).map(({ path, index }) => `${path}:${index + 1}`)
}

/** Addresses of the service: `search:9312` of a port, `//search` or `search:9312` where the whole name is gone. */
function ofAddress({ what, file, before, after, names }: Changed, others: Texts): readonly string[] {
  const hosts = names.filter(name => name.length > 1 && (what === 'service' || !general.test(name)))
  if (hosts.length === 0) return []
  const host = `(?:${hosts.map(escapePattern).join('|')})`
  const address = (end: string) => new RegExp(`(?:^|[\\s"'=@,/[(])${host}(?:\\.[\\w.-]+)?${end}`)
  const still =
    what === 'port'
      ? address(`:${before}(?!\\d)`)
      : new RegExp(
          `//(?:[^\\s/@"']+@)?${host}(?::\\d{2,5})?(?:["'/\\s?]|$)|(?:^|[\\s"'=,])${host}:\\d{2,5}(?=["'/\\s,]|$)`,
        )
  if (what === 'service' && others.some(([, text]) => defines(text, before))) return []
  const isNew = what === 'port' ? address(`:${after}(?!\\d)`) : undefined
  if (isNew && others.some(([, text]) => isNew.test(text))) return []
  return others.flatMap(([path, text]) => {
    if (!arePeers(path, file.path)) return []
    return text.split('\n').flatMap((line, index) => {
      const acts =
        !isComment(line) &&
        !/^\s*-?\s*["']?(image|FROM|RUN|build|context|git|repo\w*|url: https?:\/\/git)\b/i.test(line)
      return acts && still.test(line) ? [`${path}:${index + 1}`] : []
    })
  })
}

/** Is the service still there under its name, in a file that the change leaves alone? */
function defines(text: string, name: string): boolean {
  const word = escapePattern(name)
  return (
    new RegExp(`^ {2}${word}:\\s*$`, 'm').test(text) ||
    (/^kind: Service\s*$/m.test(text) && new RegExp(`^ *name: ["']?${word}["']?\\s*$`, 'm').test(text)) ||
    new RegExp(`(container_name|hostname): ["']?${word}["']?\\s*$`, 'm').test(text)
  )
}
