import { expect, test } from 'vitest'
import { sourceOf } from '../../src/artifact/source.ts'
import { treeOf } from '../../src/artifact/trees.ts'

test.each(['ruby', 'python', 'javascript', 'typescript', 'tsx', 'shell', 'hcl'] as const)('%s', async g => {
  const tree = await treeOf(sourceOf('x', 'head', 'a = 1\n'), g)
  expect(tree?.rootNode.toString()).toContain('(')
})
