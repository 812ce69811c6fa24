import type { Node as TreeNode } from 'web-tree-sitter'
import { type LineIndex, type Span, spanOf } from '../text/lines.ts'
import {
  deepest,
  expressionScalar,
  type Plain,
  type PlainDocument,
  type PlainEntry,
  type PlainList,
  scalarOf,
} from './plain.ts'
import { treeOf } from './trees.ts'
import type { Source } from './types.ts'

/**
 * The blocks of an HCL file, each with its labels, and (without labels) the attributes at the top, as in `.tfvars`.
 * Undefined when the file has errors or takes too long.
 */
export async function hclDocuments(source: Source): Promise<readonly PlainDocument[] | undefined> {
  const tree = await treeOf(source, 'hcl')
  if (tree === undefined || tree.rootNode.hasError) return undefined
  const body = childOf(tree.rootNode, 'body')
  if (body === undefined) return []
  const { lines } = source
  const blocks = children(body, 'block').map(block => ({ root: blockMap(block, lines, 0), labels: labelsOf(block) }))
  const attributes = children(body, 'attribute').flatMap(attribute => attributeEntry(attribute, lines, 0))
  if (attributes.length === 0) return blocks
  return [...blocks, { root: { type: 'map', span: spanFor(body, lines), entries: attributes } }]
}

function blockMap(block: TreeNode, lines: LineIndex, depth: number): Plain {
  const span = spanFor(block, lines)
  const body = childOf(block, 'body')
  if (body === undefined) return { type: 'map', span, entries: [] }
  if (depth > deepest) return expressionScalar('', span)
  const entries = children(body, 'attribute').flatMap(attribute => attributeEntry(attribute, lines, depth + 1))
  return { type: 'map', span, entries: [...entries, ...nestedBlocks(body, lines, depth + 1)] }
}

/** Nested blocks by type. Labelled ones (`group "web"`) are entries of a map, others a list of equals. */
function nestedBlocks(body: TreeNode, lines: LineIndex, depth: number): readonly PlainEntry[] {
  const plain = new Map<string, { keySpan: Span; items: Plain[] }>()
  const labelled = new Map<string, { keySpan: Span; entries: PlainEntry[]; span: Span }>()
  for (const block of children(body, 'block')) {
    const [type = '', ...labels] = labelsOf(block)
    const keySpan = spanFor(block.firstChild ?? block, lines)
    const value = blockMap(block, lines, depth)
    if (labels.length === 0) {
      const group = plain.get(type) ?? { keySpan, items: [] }
      group.items.push(value)
      plain.set(type, group)
    } else {
      const group = labelled.get(type) ?? { keySpan, entries: [], span: value.span }
      group.entries.push({ key: labels.join('.'), keySpan, value })
      labelled.set(type, group)
    }
  }
  const lists = [...plain].map(([key, { keySpan, items }]): PlainEntry => {
    const value: PlainList = { type: 'list', span: items[0]?.span ?? keySpan, items, blocks: true }
    return { key, keySpan, value }
  })
  const maps = [...labelled].map(([key, { keySpan, entries, span }]): PlainEntry => {
    return { key, keySpan, value: { type: 'map', span, entries, labelled: true } }
  })
  return [...lists, ...maps]
}

function attributeEntry(attribute: TreeNode, lines: LineIndex, depth: number): readonly PlainEntry[] {
  const name = childOf(attribute, 'identifier')
  const value = childOf(attribute, 'expression')
  if (name === undefined || value === undefined) return []
  return [{ key: name.text, keySpan: spanFor(name, lines), value: expression(value, lines, depth) }]
}

/** Functions that only change how a value is written or typed. */
const transparent = new Set([
  'jsonencode',
  'yamlencode',
  'tostring',
  'tonumber',
  'tobool',
  'tolist',
  'toset',
  'tomap',
  'sensitive',
])

function expression(node: TreeNode, lines: LineIndex, depth: number): Plain {
  const span = spanFor(node, lines)
  const inner = node.namedChildren.length === 1 ? node.namedChildren[0] : undefined
  if (depth > deepest || !inner) return expressionScalar(node.text, span)
  if (inner.type === 'expression') return expression(inner, lines, depth + 1)
  if (inner.type === 'literal_value') return literal(inner, span)
  if (inner.type === 'operation') return negative(inner, span)
  if (inner.type === 'collection_value') return collection(inner, lines, depth + 1)
  if (inner.type === 'template_expr') return template(inner, span)
  if (inner.type === 'function_call' && transparent.has(childOf(inner, 'identifier')?.text ?? '')) {
    const [argument, ...more] = children(childOf(inner, 'function_arguments') ?? inner, 'expression')
    if (argument && more.length === 0) return expression(argument, lines, depth + 1)
  }
  return expressionScalar(node.text, span)
}

function literal(node: TreeNode, span: Span): Plain {
  const value = node.namedChildren[0]
  if (value?.type === 'numeric_lit') return scalarOf(Number(value.text), value.text, span)
  if (value?.type === 'bool_lit') return scalarOf(value.text === 'true', value.text, span)
  if (value?.type === 'null_lit') return scalarOf(null, 'null', span)
  if (value?.type === 'string_lit') return scalarOf(stringText(value), stringText(value), span)
  return expressionScalar(node.text, span)
}

function negative(node: TreeNode, span: Span): Plain {
  const number = /^-\s*(\d+(?:\.\d+)?)$/.exec(node.text)
  return number ? scalarOf(-Number(number[1]), node.text, span) : expressionScalar(node.text, span)
}

function collection(node: TreeNode, lines: LineIndex, depth: number): Plain {
  const span = spanFor(node, lines)
  const inner = node.namedChildren[0]
  if (inner?.type === 'tuple') {
    return { type: 'list', span, items: children(inner, 'expression').map(item => expression(item, lines, depth + 1)) }
  }
  if (inner?.type !== 'object') return expressionScalar(node.text, span)
  const entries = children(inner, 'object_elem').flatMap(element => {
    const key = element.childForFieldName('key')
    const value = element.childForFieldName('val')
    if (!key || !value) return []
    return [
      {
        key: key.text.replace(/^"(.*)"$/s, '$1'),
        keySpan: spanFor(key, lines),
        value: expression(value, lines, depth + 1),
      },
    ]
  })
  return { type: 'map', span, entries }
}

function template(node: TreeNode, span: Span): Plain {
  const heredoc = childOf(node, 'heredoc_template')
  if (heredoc === undefined || childOf(heredoc, 'template_interpolation') || childOf(heredoc, 'template_directive')) {
    return expressionScalar(node.text, span)
  }
  const text = childOf(heredoc, 'template_literal')?.text ?? ''
  return scalarOf(text, text, span)
}

function labelsOf(block: TreeNode): readonly string[] {
  return block.namedChildren.flatMap(child => {
    if (child?.type === 'identifier') return [child.text]
    return child?.type === 'string_lit' ? [stringText(child)] : []
  })
}

function stringText(node: TreeNode): string {
  return node.text.replace(/^"(.*)"$/s, '$1').replace(/\\(["\\])/g, '$1')
}

function children(node: TreeNode, type: string): readonly TreeNode[] {
  return node.namedChildren.flatMap(child => (child?.type === type ? [child] : []))
}

function childOf(node: TreeNode, type: string): TreeNode | undefined {
  return children(node, type)[0]
}

function spanFor(node: TreeNode, lines: LineIndex): Span {
  return spanOf(lines, node.startIndex, node.endIndex)
}
