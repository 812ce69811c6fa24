import type { Node } from 'web-tree-sitter'
import { type Grammar, treeOf } from '../../artifact/trees.ts'
import { type Artifact, type Language, type Source, touches } from '../../artifact/types.ts'
import type { Hunk } from '../../change/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import { excerpt, type Problem } from './problem.ts'

const grammars: Partial<Record<Language, Grammar>> = {
  ruby: 'ruby',
  python: 'python',
  javascript: 'javascript',
  typescript: 'typescript',
  tsx: 'tsx',
  php: 'php',
}

export function isCodeLanguage(language: Language): boolean {
  return grammars[language] !== undefined
}

/** A hunk opens or closes more than the lines it replaces did: worth parsing the file for. */
export function isUnbalanced({ base, head, language, hunks, role }: Artifact): boolean {
  if (base === undefined || head === undefined || role !== 'live' || !isCodeLanguage(language)) return false
  if (Math.max(base.text.length, head.text.length) > 300_000) return false
  let sum = 0
  for (const hunk of hunks) sum += depthOf(hunk, base, head, language)
  return sum !== 0
}

function depthOf({ baseStart, baseCount, headStart, headCount }: Hunk, base: Source, head: Source, language: Language) {
  const depth = (source: Source, start: number, count: number): number => {
    let sum = 0
    for (let line = start; line < start + count; line++) sum += opened(lineText(source.lines, line), language)
    return sum
  }
  return depth(head, headStart, headCount) - depth(base, baseStart, baseCount)
}

/** How many blocks or brackets a line opens and does not close. */
function opened(line: string, language: Language): number {
  const plain = line
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""')
    .replace(language === 'ruby' || language === 'python' ? /(^|\s)#.*$/ : /\/\/.*$/, '')
  if (language === 'ruby') {
    const opens =
      plain.match(
        /^\s*(?:class|module|begin|if|unless|case|while|until|for)\b|^\s*(?:private\s+|protected\s+|memoize\s+)?def\b(?!.*\)\s*=\s|\s+[\w.?!]+\s*=\s)|=\s*(?:if|unless|case|begin)\b|\bdo\b(?:\s*\|[^|]*\|)?\s*$/g,
      ) ?? []
    const closes = plain.match(/(?<![.:\w@$])end\b(?![:?!\w])/g) ?? []
    return opens.length - closes.length
  }
  return (plain.match(/[({[]/g) ?? []).length - (plain.match(/[)}\]]/g) ?? []).length
}

/** Where a program that was read at base can no longer be read, because something is closed too often or not at all. */
export async function codeProblem(artifact: Artifact): Promise<Problem | undefined> {
  const { base, head, language, hunks } = artifact
  const grammar = grammars[language]
  if (base === undefined || head === undefined || grammar === undefined || !isUnbalanced(artifact)) return undefined
  const before = await treeOf(base, grammar)
  if (before === undefined || mistakeIn(before.rootNode, grammar)) return undefined
  const after = await treeOf(head, grammar)
  const error = after && mistakeIn(after.rootNode, grammar)
  if (error === undefined) return undefined
  const row = error.startPosition.row + 1
  // The parser notices late: the lines to look at are those that open or close more than before.
  const hunk = hunks.find(one => depthOf(one, base, head, language) !== 0)
  const isOwn = touches(artifact, 'head', { line: row, endLine: row })
  const last = head.lines.starts.length
  const line = Math.min(Math.max(1, isOwn ? row : (hunk?.headStart ?? row)), last)
  const where = line === row ? '' : `, which the parser notices at line ${Math.min(row, last)}`
  const text = excerpt(lineText(head.lines, line))
  return {
    problem: 'unclosed-bracket',
    detail: `${language === 'ruby' ? 'a block or an `end`' : 'a bracket or brace'} is missing or too many ${text === '' ? 'here' : `at \`${text}\``}${where}`,
    span: lineSpan(head.lines, line),
  }
}

function mistakeIn(root: Node, grammar: Grammar): Node | undefined {
  if (root.hasError) return firstError(root, 0) ?? root
  // An `end` too many is read as a name by this grammar.
  if (grammar !== 'ruby') return undefined
  return root.descendantsOfType('identifier').find(node => node?.text === 'end') ?? undefined
}

function firstError(node: Node, depth: number): Node | undefined {
  if (node.isMissing || depth > 200) return node
  for (const child of node.children) {
    if (child === null || !(child.hasError || child.isMissing || child.isError)) continue
    return firstError(child, depth + 1) ?? child
  }
  return node.isError ? node : undefined
}
