import type { Artifact, Source } from '../../artifact/types.ts'
import { touches } from '../../artifact/types.ts'
import { lineSpan } from '../../text/lines.ts'
import type { Slip } from './found.ts'

interface Definition {
  readonly scope: string
  readonly name: string
  readonly line: number
}

/** Functions that stand twice in one scope: the second silently replaces the first. */
export function definedTwice(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.language !== 'python' && artifact.language !== 'ruby') return []
  const definitions = artifact.language === 'python' ? pythonDefinitions(source.text) : rubyDefinitions(source.text)
  const first = new Map<string, Definition>()
  const slips: Slip[] = []
  const old = artifact.base === undefined ? new Map<string, number>() : countsOf(artifact)
  for (const definition of definitions) {
    const key = `${definition.scope}\n${definition.name}`
    const before = first.get(key)
    first.set(key, before ?? definition)
    if (before === undefined || (old.get(key) ?? 0) > 1) continue
    const [one, two] = [lineSpan(source.lines, before.line), lineSpan(source.lines, definition.line)]
    const fresh = touches(artifact, 'head', two) ? two : touches(artifact, 'head', one) ? one : undefined
    if (fresh === undefined) continue
    const other = fresh === two ? before.line : definition.line
    slips.push({ what: 'defined-twice', name: definition.name, otherAt: `${artifact.path}:${other}`, span: fresh })
  }
  return slips
}

function countsOf({ base, language }: Artifact): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const text = base?.text ?? ''
  for (const { scope, name } of language === 'python' ? pythonDefinitions(text) : rubyDefinitions(text))
    counts.set(`${scope}\n${name}`, (counts.get(`${scope}\n${name}`) ?? 0) + 1)
  return counts
}

/** Functions of Python by the class or function around them. Those with a decorator, or under a condition, may be meant. */
function pythonDefinitions(text: string): readonly Definition[] {
  const found: Definition[] = []
  const open: { readonly indent: number; readonly name: string }[] = []
  let decorated = false
  let inString = false
  text.split('\n').forEach((line, at) => {
    const quotes = line.match(/"""|'''/g)?.length ?? 0
    const wasInString = inString
    if (quotes % 2 === 1) inString = !inString
    // `) -> str:` at the indent of its `def` closes the arguments, not the function.
    if (wasInString || /^\s*(#|$|[)\]}])/.test(line)) return
    const indent = line.length - line.trimStart().length
    // `):` ends a header of several lines, not the block that it opens.
    const closes = /^\s*[)\]}]/.test(line)
    while ((open.at(-1)?.indent ?? -1) >= (closes ? indent + 1 : indent)) open.pop()
    const [, kind, name = ''] =
      /^\s*(?:async\s+)?(def|class|if|else|elif|try|except|finally|with|for|while|match|case)\b\s*(\w*)/.exec(line) ??
      []
    const isConditional = open.some(scope => scope.name.startsWith('?'))
    if (kind === 'def' && !decorated && !isConditional && name !== '_')
      found.push({ scope: open.map(scope => scope.name).join('.'), name, line: at + 1 })
    if (kind === 'def' || kind === 'class') open.push({ indent, name: `${kind === 'class' ? '' : '()'}${name}:${at}` })
    else if (kind !== undefined) open.push({ indent, name: `?${at}` })
    decorated =
      /^\s*@/.test(line) ||
      (decorated && kind === undefined && /^\s*[)\]}"'\w]/.test(line) && !/^\s*\w+\s*=/.test(line))
    if (kind === 'def' || kind === 'class') decorated = false
  })
  return found
}

/** Methods of Ruby by the class or module around them. Definitions under a condition, or removed before, may be meant. */
function rubyDefinitions(text: string): readonly Definition[] {
  const found: Definition[] = []
  if (/\b(remove_method|undef_method|undef|alias_method_chain|redefine_method|silence_redefinition)\b/.test(text))
    return found
  const open: { readonly indent: number; readonly name: string }[] = []
  let inComment = false
  text.split('\n').forEach((line, at) => {
    if (/^=begin/.test(line)) inComment = true
    if (/^=end/.test(line)) inComment = false
    if (inComment || /^\s*(#|$)/.test(line)) return
    const indent = line.length - line.trimStart().length
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop()
    const method =
      /^\s*(?:(?:private|protected|public|memoize|private_class_method)\s+)?def\s+((?:self\.)?[\w]+[?!=]?|[^\s(]+)/.exec(
        line,
      )?.[1]
    if (method !== undefined && open.every(scope => !scope.name.startsWith('?')))
      found.push({ scope: open.map(scope => scope.name).join('.'), name: method, line: at + 1 })
    const name = /^\s*(?:class|module)\s+(\S+)/.exec(line)?.[1]
    if (name !== undefined && !/\bend\s*$/.test(line)) open.push({ indent, name: `${name}:${at}` })
    else if (
      method === undefined &&
      /^\s*(if|unless|case|begin|while|until|for|describe|context|[\w)\]}].*\bdo\b(\s*\|[^|]*\|)?\s*$)|[\w)]\s*\{(\s*\|[^|]*\|)?\s*$/.test(
        line,
      )
    )
      open.push({ indent, name: `?${at}` })
    else if (method !== undefined && !/\bend\s*$|=\s/.test(line)) open.push({ indent, name: `?${at}` })
  })
  return found
}
