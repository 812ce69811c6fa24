import { type Node, Query, type Tree } from 'web-tree-sitter'
import {
  asksFirst,
  brief,
  type Found,
  namesLower,
  type ShellText,
  type Surroundings,
  stopsInProduction,
} from './found.ts'
import { innerOf } from './inner.ts'
import { nest, type Placed } from './nest.ts'
import { namesTarget, productionDefaultOf, type Script, unsetVariableOf } from './script.ts'
import { baseName, unwrap, type Word, wordsOf } from './words.ts'

const queryText = `
  (command) @command
  [(for_statement) (while_statement) (c_style_for_statement)] @loop
  [(if_statement) (case_statement)] @condition
  (list) @list
  (pipeline) @pipeline
  (function_definition) @function
  (redirected_statement) @redirected
  (variable_assignment) @assignment
  (heredoc_body) @heredoc`

let query: Query | undefined

export interface ShellOptions {
  readonly parse: (text: string) => Promise<Tree | undefined>
  /** Is the text between these offsets (of the file) looked at? */
  readonly wants: (start: number, end: number) => boolean
  readonly declaredElsewhere: (name: string) => boolean
}

const deepest = 4

/** The commands in a shell text, with those they run on other machines or in a subshell. Offsets are those of the file. */
export async function commandsIn(
  shell: ShellText,
  around: Surroundings,
  options: ShellOptions,
  depth = 0,
): Promise<readonly Found[]> {
  const tree = await options.parse(shell.text)
  if (tree === undefined) {
    if (depth === 0) throw new Error('parsing takes too long')
    return []
  }
  query ??= new Query(tree.language, queryText)
  const placed = nest(query.captures(tree.rootNode), [
    'loop',
    'condition',
    'list',
    'pipeline',
    'function',
    'redirected',
    'command',
  ])
  const script: Script = {
    text: shell.text,
    assigned: assignments(placed),
    declaredElsewhere: options.declaredElsewhere,
  }
  const called = new Set(
    placed.filter(item => item.name === 'command').map(item => item.node.childForFieldName('name')?.text ?? ''),
  )
  const found: Found[] = []
  for (const item of placed) {
    if (item.name !== 'command') continue
    const { startIndex, endIndex } = item.node
    const start = shell.start + startIndex
    const end = shell.start + endIndex
    const heredoc = heredocOf(item, placed)
    if (!options.wants(start, shell.start + Math.max(endIndex, heredoc?.endIndex ?? 0))) continue
    const raw = wordsOf(item.node)
    if (raw.words.length === 0) continue
    const bare = unwrap(raw.words)
    const words = bare.words.map((word, at) => (at === 0 ? { ...word, text: baseName(word.text) } : word))
    const environment = [...raw.environment, ...bare.environment]
    const scope = shellScope(item, script, called, around)
    const piped = pipedInto(item)
    const loop = loopVariable(item)
    const inner = innerOf(words)
    const overMany = inner === undefined ? '' : inner.fleet || (inner.perLine ? piped.join(' | ') : '')
    const usesLoop = loop !== '' && words.some(word => new RegExp(`\\$\\{?${loop}\\b`).test(word.text))
    // A list that the caller types in is the caller's choice.
    const last = listOf(scope.loops.at(-1) ?? '', script, startIndex).replace(/^"?\$[@*]"?$/, '')
    const perMachine = usesLoop && (inner?.remote === 'ssh' || isMany(last) || isCluster(words)) ? last : ''
    const here = {
      ...scope,
      fleet: overMany || perMachine || scope.fleet,
      paced: scope.paced || (inner?.paced ?? false) || isPart(`${overMany} ${perMachine}`),
    }
    found.push({
      ...here,
      ...described(words),
      start,
      end,
      language: 'shell',
      receiver: '',
      httpMethod: '',
      url: '',
      pipedFrom: piped,
      variables: environment.map(text => brief(text)),
      ...curl(words),
      remote: here.remote || (inner?.remote ?? ''),
      targetNamed: namesTarget(script, words, environment, startIndex),
      unsetVariable: unsetVariableOf(script, words, startIndex),
      runsUrl: runsUrlOf(words, piped, shell.text.slice(startIndex, endIndex)),
      productionDefault: productionDefaultOf(script, words, environment, startIndex),
    })
    if (depth >= deepest) continue
    const inherited: Surroundings = { ...here, remote: inner?.remote || here.remote }
    if (inner !== undefined && inner.end > inner.start) {
      const piece = { text: shell.text.slice(inner.start, inner.end), start: shell.start + inner.start }
      found.push(...(await commandsIn(piece, inherited, options, depth + 1)))
    }
    if (heredoc !== undefined && (inner?.remote === 'ssh' || /^(ssh|bash|sh)$/.test(words[0]?.text ?? ''))) {
      const piece = { text: heredoc.text, start: shell.start + heredoc.startIndex }
      found.push(
        ...(await commandsIn(
          piece,
          { ...inherited, remote: words[0]?.text === 'ssh' ? 'ssh' : here.remote },
          options,
          depth + 1,
        )),
      )
    }
  }
  return found
}

function described(words: readonly Word[]): Pick<Found, 'callee' | 'name' | 'words' | 'arguments'> {
  const texts = words.slice(0, 60).map(word => brief(word.text))
  const name = texts[0] ?? ''
  const verb = texts[1] !== undefined && /^[a-z][\w:.-]*$/.test(texts[1]) ? ` ${texts[1]}` : ''
  return { callee: name + verb, name, words: texts, arguments: texts.slice(1, 21) }
}

function assignments(placed: readonly Placed[]): Script['assigned'] {
  const assigned = new Map<string, { value: string; at: number }[]>()
  for (const { name, node } of placed) {
    if (name === 'assignment') {
      const variable = node.childForFieldName('name')?.text ?? ''
      const entry = { value: node.childForFieldName('value')?.text ?? '', at: node.startIndex }
      assigned.set(variable, [...(assigned.get(variable) ?? []), entry])
    } else if (name === 'loop') {
      const variable = node.childForFieldName('variable')?.text
      if (variable !== undefined)
        assigned.set(variable, [...(assigned.get(variable) ?? []), { value: 'each', at: node.startIndex }])
    }
  }
  return assigned
}

/** What a loop over a variable goes over: the list that was put into it before. */
function listOf(loop: string, script: Script, at: number): string {
  const name = /^"?\$\{?(\w+)(?:\[[@*]\])?\}?"?$/.exec(loop)?.[1]
  if (name === undefined) return loop
  const value = script.assigned.get(name)?.findLast(entry => entry.at < at)?.value ?? ''
  return /^["']?[$(`]/.test(value) ? brief(value) : loop
}

function shellScope(item: Placed, script: Script, called: ReadonlySet<string>, around: Surroundings): Surroundings {
  let { inFunction, guarded, lowerOnly, runsOnLoad } = around
  const loops = [...around.loops]
  let paced = around.paced
  item.around.forEach((scope, at) => {
    if (scope.name === 'function') {
      inFunction = scope.node.childForFieldName('name')?.text ?? ''
      if (!called.has(inFunction)) runsOnLoad = false
    } else if (scope.name === 'condition') {
      guarded = true
      lowerOnly ||= namesLower.test(scope.node.text.split('\n')[0] ?? '')
    } else if (scope.name === 'list') guarded ||= isTested(scope.node, item.node)
    else if (scope.name === 'loop') {
      loops.push(loopSource(scope, item.around.slice(0, at)))
      paced ||= /\bsleep\s|\bread\s+-\w*p|\|\|\s*\{?\s*(exit|break|return)\b|\bwait_for|--wait\b/.test(scope.node.text)
    }
  })
  const before = script.text.slice(Math.max(0, item.node.startIndex - 5000), item.node.startIndex)
  lowerOnly ||= stopsInProduction.test(before)
  const confirmed = around.confirmed || asksFirst.test(script.text.slice(0, 50_000))
  return {
    ...around,
    loops,
    inFunction,
    guarded,
    lowerOnly,
    runsOnLoad,
    onlyWhenCalled: around.onlyWhenCalled || !runsOnLoad,
    confirmed,
    paced: paced || isPart(loops.join(' ')),
  }
}

/** `[ -n "$X" ] && command`: the left side of the list is a test. */
function isTested(list: Node, command: Node): boolean {
  const left = list.firstNamedChild
  return (
    left !== null &&
    left.endIndex <= command.startIndex &&
    /^(\[|test\b|\(\(|!|grep\b|command -v|which\b|if\b)/.test(left.text)
  )
}

/** What a loop goes over: `$(cat hosts)`, `web1 web2`, `< hosts.txt`, or what is piped into it. */
function loopSource(loop: Placed, around: readonly Placed[]): string {
  const { node } = loop
  if (node.type === 'for_statement') {
    const values = node.namedChildren.filter(
      child => child !== null && child.type !== 'variable_name' && child.type !== 'do_group',
    )
    return brief(values.map(value => value?.text ?? '').join(' '))
  }
  const outer = around.at(-1)
  if (outer?.name === 'redirected') {
    const from = outer.node.namedChildren.find(child => child !== null && /redirect/.test(child.type))
    if (from) return brief(from.text)
  }
  const pipe = around.findLast(scope => scope.name === 'pipeline')
  if (pipe !== undefined)
    return brief(pipe.node.text.slice(0, node.startIndex - pipe.node.startIndex).replace(/\|\s*$/, ''))
  return brief(node.childForFieldName('condition')?.text ?? node.text.split('\n')[0] ?? '')
}

function loopVariable(item: Placed): string {
  const loop = item.around.findLast(scope => scope.name === 'loop')?.node
  if (loop === undefined) return ''
  return (
    loop.childForFieldName('variable')?.text ?? /\bread\s+(?:-\w+\s+)*(\w+)/.exec(loop.text.slice(0, 200))?.[1] ?? ''
  )
}

const isMany = (text: string): boolean =>
  /\b(get|list|describe)[- ](nodes?|ns|namespaces?|instances|hosts|servers)|host|server|inventory|nodes\b|machines|fleet|players/i.test(
    text,
  )
const isCluster = (words: readonly Word[]): boolean => /^(kubectl|helm|oc)$/.test(words[0]?.text ?? '')
/** `head -n 5`, `shuf -n 1`, `grep -v`, a label selector: a part of the whole. */
const isPart = (text: string): boolean =>
  /\b(head|tail|shuf|sed)\s+-|\bgrep\s+-\w*v|--selector|\s-l\s|--limit|canary|batch/i.test(text)

/** Commands of the pipeline before this one. */
function pipedInto(item: Placed): readonly string[] {
  const pipe = item.around.findLast(scope => scope.name === 'pipeline')?.node
  if (pipe === undefined) return []
  const before = pipe.namedChildren.filter(child => child !== null && child.endIndex <= item.node.startIndex)
  return before.map(child =>
    brief(
      child === null
        ? ''
        : child.type === 'command'
          ? wordsOf(child)
              .words.map(word => word.text)
              .join(' ')
          : child.text,
    ),
  )
}

function heredocOf(item: Placed, placed: readonly Placed[]): Node | undefined {
  const redirected = item.around.findLast(scope => scope.name === 'redirected')?.node
  if (redirected === undefined || item.around.at(-1)?.node !== redirected) return undefined
  return placed.find(
    other =>
      other.name === 'heredoc' &&
      other.node.startIndex >= item.node.endIndex &&
      other.node.startIndex < redirected.endIndex,
  )?.node
}

const interpreters = /^(sh|bash|zsh|dash|ash|ksh|python[\d.]*|ruby|node|perl|php|source|\.|eval)$/

/** Address of a script that is fetched and run at once. */
function runsUrlOf(words: readonly Word[], piped: readonly string[], text: string): string {
  if (!interpreters.test(words[0]?.text ?? '')) return ''
  const fetched =
    piped.find(command => /^(sudo )?(curl|wget)\b/.test(command)) ?? /[<$]\(\s*((?:curl|wget)\s[^)]*)\)/.exec(text)?.[1]
  if (fetched === undefined) return ''
  const address =
    /(?:https?:\/\/|\$)[^\s'"]+/.exec(fetched)?.[0] ??
    fetched.split(' ').findLast(word => /^[\w-]+(\.[\w-]+)+/.test(word)) ??
    ''
  // A program given with -c or -e reads the download as data.
  return words.some(word => /^(-c|-e|-m)$/.test(word.text)) && piped.length > 0 ? '' : address
}

/** `curl -X PATCH https://…`. */
function curl(words: readonly Word[]): { httpMethod?: string; url?: string } {
  const program = words[0]?.text
  if (program !== 'curl' && program !== 'http' && program !== 'https' && program !== 'wget') return {}
  const texts = words.map(word => word.text)
  const url =
    texts.find(text => /^['"]?https?:\/\//.test(text)) ?? texts.find(text => /^[\w.-]+\.[a-z]{2,}\//.test(text)) ?? ''
  const at = texts.findIndex(text => /^(-X|--request)$/.test(text))
  const joined = texts
    .map(text => /^(?:-X|--request=|--method=)(\w+)$/.exec(text)?.[1])
    .find(text => text !== undefined)
  const verb = texts.find(text => /^(GET|POST|PUT|PATCH|DELETE|HEAD)$/.test(text))
  const sends = texts.some(text => /^(-d|--data(-\w+)?|--json|-F|--form|--post-data.*)$/.test(text))
  const method = (at > 0 ? texts[at + 1] : undefined) ?? joined ?? verb ?? (sends ? 'POST' : 'GET')
  return { httpMethod: method.toUpperCase(), url }
}
