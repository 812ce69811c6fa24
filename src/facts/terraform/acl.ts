import { entryOf, valueAt } from '../../artifact/plain.ts'
import type { Tree } from '../../change/types.ts'
import type { Block } from './blocks.ts'
import { type Draft, draft } from './draft.ts'

const mostFiles = 500
const longest = 300_000

/** Entry points that exist already and now stand behind a list of rules which blocks. */
export async function attachedLists(
  { base, head }: { readonly base: readonly Block[]; readonly head: readonly Block[] },
  tree: Tree,
): Promise<readonly Draft[]> {
  const drafts: Draft[] = []
  for (const block of head) {
    const attribute = attributeOf(block, base)
    if (attribute === undefined) continue
    const value = computed(block, attribute)
    const name = /\baws_wafv2_web_acl\.([\w-]+)/.exec(value)?.[1]
    const list = name === undefined ? undefined : await listOf(name, head, tree)
    // A list that is made elsewhere cannot be judged; one that only counts refuses nobody.
    if (list === undefined || !blocks(list.text)) continue
    drafts.push(
      draft(block, 'guarded', {
        attribute,
        to: `aws_wafv2_web_acl.${name}`,
        others: [list.path],
        span: entryOf(block.node, attribute)?.keySpan ?? block.span,
        loses: 'access',
      }),
    )
  }
  return drafts
}

/** A value as written, a reference included. */
function computed({ node }: Block, key: string): string {
  const value = valueAt(node, key)
  return value?.type === 'scalar' ? value.text : ''
}

/** The attribute by which a block attaches a list that it did not attach before. */
function attributeOf(block: Block, base: readonly Block[]): string | undefined {
  const before = base.find(other => other.address === block.address)
  if (block.type === 'aws_cloudfront_distribution')
    return before !== undefined && computed(before, 'web_acl_id') === '' ? 'web_acl_id' : undefined
  if (block.type !== 'aws_wafv2_web_acl_association' || before !== undefined) return undefined
  // What it guards is made in the same change: nobody calls it yet.
  const guarded = computed(block, 'resource_arn')
  const target = /^\$?\{?(?:module\.[\w-]+|aws_\w+\.[\w-]+)/.exec(guarded)?.[0].replace(/^\$?\{?/, '')
  return target !== undefined && base.some(({ address }) => address === target) ? 'web_acl_arn' : undefined
}

async function listOf(
  name: string,
  head: readonly Block[],
  tree: Tree,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const own = head.find(({ address }) => address === `aws_wafv2_web_acl.${name}`)
  if (own !== undefined) return { path: own.path, text: bodyOf(own.source.text, name) }
  for (const path of (await tree.list()).filter(other => /\.(tf|tofu)$/.test(other)).slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || text.length > longest) continue
    const body = bodyOf(text, name)
    if (body !== '') return { path, text: body }
  }
  return undefined
}

function bodyOf(text: string, name: string): string {
  const start = new RegExp(`^resource\\s+"aws_wafv2_web_acl"\\s+"${name}"[^\\n]*`, 'm').exec(text)
  if (start === null) return ''
  const end = text.indexOf('\n}', start.index)
  return text.slice(start.index, end === -1 ? undefined : end)
}

/** Does a rule of its own block, or a group of rules keep what its rules say? */
function blocks(text: string): boolean {
  const rules = text.slice(Math.max(0, text.search(/^\s*(?:dynamic\s+"rule"|rule)\b/m)))
  return /\bblock\s*\{|\boverride_action\s*\{\s*none\b|\bchallenge\s*\{|\bcaptcha\s*\{/.test(rules)
}
