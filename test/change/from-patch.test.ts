import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeFromPatch } from '../../src/change/from-patch.ts'
import { changeInMemory } from '../../src/change/memory.ts'
import { UserError } from '../../src/text/errors.ts'

const tricky = readFileSync('test/fixtures/tricky.patch', 'utf8')

test('the patch that breaks most parsers: a removed SQL comment, a TAB after a name, quoted and binary names', async () => {
  const change = changeFromPatch(tricky, 'tricky.patch')
  expect(change.files.map(file => [file.status, file.basePath, file.path])).toEqual([
    ['renamed', 'old name.sql', 'new name.sql'],
    ['modified', 'café.txt', 'café.txt'],
    ['deleted', 'gone.sql', 'gone.sql'],
  ])
  expect(change.notAnalysed).toEqual([{ path: 'bin.png', reason: 'the patch holds no text for it (binary)' }])
})

const base = 'a\nb\nc\nd\ne\nf\ng\nh\n'
const head = 'a\nb\nC\nd\ne\nf\ng\nh\ni\n'
const patch = `diff --git a/x.yml b/x.yml
--- a/x.yml
+++ b/x.yml
@@ -1,5 +1,5 @@
 a
 b
-c
+C
 d
 e
@@ -6,3 +6,4 @@
 f
 g
 h
+i
`

describe('a changed file', () => {
  test.each([
    ['before the patch', base],
    ['after the patch', head],
  ])('is rebuilt whole on the repository as it is %s', async (_, text) => {
    const tree = changeInMemory({ files: [], repository: { 'x.yml': text } }).trees.head
    const [file] = changeFromPatch(patch, 'p', tree).files
    expect(await file?.read('base')).toEqual({ text: base })
    expect(await file?.read('head')).toEqual({ text: head })
    expect(await file?.hunks()).toEqual([
      { baseStart: 3, baseCount: 1, headStart: 3, headCount: 1 },
      { baseStart: 9, baseCount: 0, headStart: 9, headCount: 1 },
    ])
  })

  test('is not judged by halves when nothing is around it', async () => {
    const [file] = changeFromPatch(patch, 'p').files
    expect(await file?.read('head')).toEqual({
      unreadable: 'the patch shows only parts of it: run premortem in its repository',
    })
  })

  test('is not judged when the patch does not fit', async () => {
    const tree = changeInMemory({ files: [], repository: { 'x.yml': 'something else\n' } }).trees.head
    const [file] = changeFromPatch(patch, 'p', tree).files
    expect(await file?.read('head')).toEqual({ unreadable: 'the patch does not fit the file in this repository' })
  })
})

test('a new file is complete in the patch', async () => {
  const [file] = changeFromPatch(
    'diff --git a/n.sql b/n.sql\nnew file mode 100644\n--- /dev/null\n+++ b/n.sql\n@@ -0,0 +1,2 @@\n+select 1;\n+-- x\n',
    'p',
  ).files
  expect(file?.status).toBe('added')
  expect(await file?.read('head')).toEqual({ text: 'select 1;\n-- x\n' })
})

test('a damaged file in a patch is named and the others are read', () => {
  const change = changeFromPatch(
    `${patch}diff --git a/bad.yml b/bad.yml\n--- a/bad.yml\n+++ b/bad.yml\n@@ -1,3 +1,3 @@\n a\n`,
    'p',
  )
  expect(change.files.map(file => file.path)).toEqual(['x.yml'])
  expect(change.notAnalysed).toEqual([{ path: 'bad.yml', reason: expect.stringContaining('damaged') }])
})

test('an empty patch is an empty change, anything else that is no patch an error', () => {
  expect(changeFromPatch('', 'p').files).toEqual([])
  expect(() => changeFromPatch('hello\n', 'notes.txt')).toThrow(UserError)
})

test('random damage never crashes and never hangs', () => {
  fc.assert(
    fc.property(fc.nat(tricky.length), fc.nat(40), fc.string(), (at, cut, junk) => {
      try {
        changeFromPatch(tricky.slice(0, at) + junk + tricky.slice(at + cut), 'p')
      } catch (error) {
        if (!(error instanceof UserError)) throw error
      }
    }),
    { numRuns: 300 },
  )
})
