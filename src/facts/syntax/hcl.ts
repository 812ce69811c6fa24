import type { Node } from 'web-tree-sitter'
import { treeOf } from '../../artifact/trees.ts'
import type { Source } from '../../artifact/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import { excerpt, type Problem } from './problem.ts'
import { hasTemplateToken } from './template.ts'

/** The first place at which an HCL file cannot be read. */
export async function hclProblem(source: Source): Promise<Problem | undefined> {
  const tree = await treeOf(source, 'hcl')
  if (tree === undefined || !tree.rootNode.hasError) return undefined
  const node = firstError(tree.rootNode, 0)
  if (node === undefined) return undefined
  const line = Math.min(node.startPosition.row + 1, Math.max(1, source.lines.starts.length))
  const text = lineText(source.lines, line)
  if (hasTemplateToken(text) || isFilledIn(source)) return undefined
  const quotes = (text.replace(/\\./g, '').match(/"/g) ?? []).length
  if (quotes % 2 === 1 && !text.includes('<<'))
    return {
      problem: 'unclosed-quote',
      detail: `in \`${excerpt(text)}\` a quote is not closed`,
      span: lineSpan(source.lines, line),
    }
  const detail = node.isMissing
    ? `\`${node.type}\` is missing in or before \`${excerpt(text)}\``
    : `\`${excerpt(text)}\` does not fit here: a brace, a bracket, a quote or an \`=\` is missing or too many`
  return {
    problem: node.isMissing || /[{}[\]]/.test(text) ? 'unclosed-bracket' : 'other',
    detail,
    span: lineSpan(source.lines, line),
  }
}

/** `peers = ${peers}` outside of Terraform's own files: text that templatefile() fills in before anything reads it. */
function isFilledIn({ path, text }: Source): boolean {
  return !/\.tf(vars)?$/.test(path) && /[=[,(]\s*\$\{[^}"]*\}\s*[,\])]?\s*$/m.test(text)
}

function firstError(node: Node, depth: number): Node | undefined {
  if (node.isMissing) return node
  if (depth > 200) return node
  for (const child of node.children) {
    if (child === null || !(child.hasError || child.isMissing || child.isError)) continue
    const inner = firstError(child, depth + 1)
    if (inner) return inner
  }
  return node.isError ? node : undefined
}
