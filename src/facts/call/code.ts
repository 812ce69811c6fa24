import { type Node, Query, type Tree } from 'web-tree-sitter'
import type { Language } from '../../artifact/types.ts'
import {
  asksFirst,
  brief,
  type Found,
  namesLower,
  parts,
  type ShellText,
  type Surroundings,
  stopsInProduction,
} from './found.ts'
import type { CallParts, FrontEnd } from './front-end.ts'
import { addressIn, httpOf } from './http.ts'
import { nest, type Placed } from './nest.ts'
import { shellTextOf, stringText } from './shell-text.ts'

export interface CodeCalls {
  readonly calls: readonly Found[]
  readonly shells: readonly { readonly shell: ShellText; readonly around: Surroundings }[]
}

export interface CodeOptions {
  readonly language: Language
  /** Is the code between these offsets looked at? Scopes around it are, in any case. */
  readonly wants: (start: number, end: number) => boolean
  /** Do functions count as run at boot when the top level of the file calls them? */
  readonly followCalls: boolean
  /** Functions that other files call at boot. */
  readonly startedElsewhere?: ReadonlySet<string>
}

const scopes = ['call', 'function', 'callback', 'loop', 'condition']

const queries = new Map<string, Query>()

/** Calls and shell strings of one parsed file. */
export function callsInCode(tree: Tree, source: string, frontEnd: FrontEnd, options: CodeOptions): CodeCalls {
  const query = queryFor(tree, frontEnd, options.language)
  const placed = nest(query.captures(tree.rootNode), scopes)
  const reader = new Map<number, CallParts | undefined>()
  const partsOf = (call: Node): CallParts | undefined => {
    if (!reader.has(call.id)) reader.set(call.id, frontEnd.parts(call))
    return reader.get(call.id)
  }
  const started = options.followCalls
    ? functionsRunOnLoad(placed, frontEnd, partsOf, options.startedElsewhere)
    : new Set<string>()
  const addresses = lazily(() => assignedAddresses(placed))
  const origins = lazily(() => source.match(/https?:\/\/[\w.-]+/g) ?? [])
  const asks = asker(source)
  const calls: Found[] = []
  const shells: { shell: ShellText; around: Surroundings }[] = []
  for (const item of placed) {
    if (item.name === 'shell' && options.wants(item.node.startIndex, item.node.endIndex)) {
      const shell = stringText(frontEnd, item.node, source)
      if (shell !== undefined)
        shells.push({ shell, around: surroundings(item, frontEnd, partsOf, started, source, asks) })
    }
    if (item.name !== 'call') continue
    const call = partsOf(item.node)
    if (call === undefined || !options.wants(call.nameStart, endOf(item.node, call))) continue
    const around = surroundings(item, frontEnd, partsOf, started, source, asks)
    const texts = parts(call.arguments)
      .slice(0, 20)
      .map(node => argumentText(node, frontEnd))
    const receiver = brief(call.receiver?.text ?? '')
    const { callee, name } = call
    calls.push({
      ...codeDefaults,
      ...around,
      start: startOf(item.node, call),
      end: endOf(item.node, call),
      language: options.language,
      callee: brief(callee),
      name,
      receiver,
      arguments: texts,
      ...httpOf({ callee, name, receiver, arguments: texts }, text => addresses().get(text) ?? '', origins),
    })
    if (call.arguments === null || !frontEnd.runsShell.test(callee)) continue
    const shell = shellTextOf(frontEnd, call.arguments, source)
    if (shell !== undefined) shells.push({ shell, around })
  }
  return { calls, shells }
}

const codeDefaults = {
  words: [],
  variables: [],
  pipedFrom: [],
  targetNamed: false,
  unsetVariable: '',
  runsUrl: '',
  productionDefault: '',
}

function queryFor(tree: Tree, frontEnd: FrontEnd, language: Language): Query {
  const query = queries.get(language) ?? new Query(tree.language, frontEnd.query)
  queries.set(language, query)
  return query
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Names of the functions that the top level calls, directly or through one another, and of the framework's start hooks. */
function functionsRunOnLoad(
  placed: readonly Placed[],
  frontEnd: FrontEnd,
  partsOf: (call: Node) => CallParts | undefined,
  elsewhere: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const functions = placed.filter(item => item.name === 'function' || item.name === 'callback')
  const names = new Set(functions.map(item => frontEnd.functionName(item.node)).filter(name => name !== ''))
  const started = new Set([...names].filter(name => frontEnd.startHooks.test(name) || elsewhere.has(name)))
  const uses = placed
    .filter(item => item.name === 'call' || item.name === 'bare')
    .map(item => ({
      item,
      name: item.name === 'bare' ? item.node.text : (partsOf(item.node)?.name ?? ''),
    }))
    .filter(use => names.has(use.name))
  for (let round = 0; round < 6; round++) {
    const before = started.size
    for (const { item, name } of uses) if (runsOnLoad(item, frontEnd, partsOf, started)) started.add(name)
    if (started.size === before) break
  }
  return started
}

function runsOnLoad(
  item: Placed,
  frontEnd: FrontEnd,
  partsOf: (call: Node) => CallParts | undefined,
  started: ReadonlySet<string>,
): boolean {
  return item.around.every((scope, at) => {
    if (scope.name === 'function') return started.has(frontEnd.functionName(scope.node))
    if (scope.name !== 'callback') return true
    const name = frontEnd.functionName(scope.node)
    if (name !== '') return started.has(name)
    const owner = ownerOf(item.around, at)
    const call = owner === undefined ? undefined : partsOf(owner.node)
    if (owner === undefined || call === undefined || !frontEnd.isDirect(scope.node, owner.node)) return false
    return !frontEnd.defers(call.name, call.receiver?.text ?? '')
  })
}

/** The call that a block or callback belongs to: the innermost one around it. */
function ownerOf(around: readonly Placed[], at: number): Placed | undefined {
  return around.slice(0, at).findLast(scope => scope.name === 'call')
}

function surroundings(
  item: Placed,
  frontEnd: FrontEnd,
  partsOf: (call: Node) => CallParts | undefined,
  started: ReadonlySet<string>,
  source: string,
  asks: (body: Node | undefined) => boolean,
): Surroundings {
  const loops: string[] = []
  let inFunction = ''
  let later = false
  let body: Node | undefined
  let guarded = false
  let lowerOnly = false
  item.around.forEach((scope, at) => {
    if (scope.name === 'function') {
      inFunction = frontEnd.functionName(scope.node)
      body = scope.node
      later = true
      guarded = false
    } else if (scope.name === 'loop') loops.push(loopText(scope.node))
    else if (scope.name === 'condition') {
      guarded = true
      lowerOnly ||= namesLower.test(conditionText(scope.node))
    } else if (scope.name === 'callback') {
      const owner = ownerOf(item.around, at)
      const call = owner === undefined ? undefined : partsOf(owner.node)
      const name = frontEnd.functionName(scope.node)
      if (name !== '') [inFunction, body, later] = [name, scope.node, true]
      else if (call === undefined || owner === undefined) later = true
      else if (frontEnd.repeats.test(call.name)) loops.push(brief(call.callee))
      else if (frontEnd.defers(call.name, call.receiver?.text ?? '')) {
        later = true
        if (/^(multi)?task$/.test(call.name)) inFunction = brief(parts(call.arguments)[0]?.text ?? '', 60)
        body = scope.node
      }
    }
  })
  const confirmed = asks(body)
  const before = source.slice(Math.max(body?.startIndex ?? 0, item.node.startIndex - 3000), item.node.startIndex)
  lowerOnly ||= before.includes('prod') && stopsInProduction.test(before)
  const onlyWhenCalled = later && !runsOnLoad(item, frontEnd, partsOf, started)
  return {
    loops,
    inFunction,
    onlyWhenCalled,
    guarded,
    lowerOnly,
    runsOnLoad: !onlyWhenCalled,
    confirmed,
    remote: '',
    fleet: '',
    paced: false,
  }
}

/** The test of a condition, with the word that may turn it round. */
function conditionText(node: Node): string {
  const test = node.childForFieldName('condition')?.text ?? ''
  return /^unless/.test(node.type) ? `unless ${test}` : brief(test || node.text, 300)
}

/** Most files ask nothing anywhere, so the whole is looked at once before its functions are. */
function asker(source: string): (body: Node | undefined) => boolean {
  if (!asksFirst.test(source)) return () => false
  const known = new Map<Node | undefined, boolean>()
  return body => {
    const asks = known.get(body) ?? asksFirst.test(body?.text ?? source)
    known.set(body, asks)
    return asks
  }
}

function loopText(node: Node): string {
  const over = node.childForFieldName('right') ?? node.childForFieldName('value') ?? node.childForFieldName('condition')
  return brief(over?.text ?? node.text.split('\n')[0] ?? '')
}

function argumentText(node: Node, frontEnd: FrontEnd): string {
  if (/function|arrow/.test(node.type) && frontEnd.options.includes(node.type)) return 'function'
  if (frontEnd.strings.includes(node.type)) {
    const inner = parts(node)
    return brief(
      inner
        .filter(part => part.type !== 'string_start' && part.type !== 'string_end')
        .map(part => part.text)
        .join(''),
    )
  }
  return brief(node.type === 'simple_symbol' ? node.text.slice(1) : node.text)
}

/** End of the call's own words: before its block, or before a callback among its arguments. */
function endOf(node: Node, call: CallParts): number {
  if (call.arguments === null) return Math.min(node.endIndex, call.nameStart + call.name.length)
  const callback = parts(call.arguments).find(argument => /function|lambda|block/.test(argument.type))
  return callback?.startIndex ?? call.arguments.endIndex
}

function startOf(node: Node, call: CallParts): number {
  return call.receiver !== null && node.text.slice(0, call.nameStart - node.startIndex).includes('\n')
    ? call.nameStart
    : node.startIndex
}

/** Variables that hold a web address, or a client made with one. */
function assignedAddresses(placed: readonly Placed[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let target = ''
  for (const item of placed) {
    if (item.name === 'target') target = item.node.text
    else if (item.name === 'value' && target !== '') {
      const address = item.node.endIndex - item.node.startIndex < 4000 ? addressIn(item.node.text) : ''
      if (address !== '') found.set(target, address)
      target = ''
    }
  }
  return found
}
