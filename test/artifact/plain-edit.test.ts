import { describe, expect, it } from 'vitest'
import { documentsOf } from '../../src/artifact/documents.ts'
import { editedDocuments } from '../../src/artifact/plain-edit.ts'
import { yamlScalars } from '../../src/artifact/plain-yaml.ts'
import { sourceOf } from '../../src/artifact/source.ts'
import { hunksBetween } from '../../src/change/hunks.ts'

/** The base made from the head, and the base as its own text reads. */
async function both(base: string, head: string) {
  const [earlier, later] = [sourceOf('a.yaml', 'base', base), sourceOf('a.yaml', 'head', head)]
  const documents = (await documentsOf(later, 'yaml')) ?? []
  const hunks = hunksBetween(base, head)
  return {
    edited: editedDocuments(earlier, later, hunks, documents, await yamlScalars()),
    read: await documentsOf(earlier, 'yaml'),
    documents,
  }
}

describe('documents made from later ones are those of their own text', () => {
  it.each([
    ['a number', 'a: 1\nb: 2\n', 'a: 1\nb: 30\n'],
    ['a deep value', 'a:\n  b:\n    - c: x\n      d: y\n', 'a:\n  b:\n    - c: x\n      d: longer\n'],
    ['the first key of an item', '- name: web\n  port: 80\n- name: db\n', '- name: www\n  port: 80\n- name: db\n'],
    ['items of a list', 'a:\n  - one\n  - two\n', 'a:\n  - one\n  - three\n'],
    ['nested lists', '- - 1\n  - 2\n', '- - 10\n  - 2\n'],
    ['quotes that come', 'a: 0755\n', 'a: "0755"\n'],
    ['quotes that go', "a: 'yes'\nb: 1\n", 'a: yes\nb: 1\n'],
    ['comments', 'a: 1 # one\nb: 2\n', 'a: 2   # two\nb: 2\n'],
    ['a comment that ends a map', 'a:\n  b: 1 # one\n', 'a:\n  b: 22\n'],
    ['a comment that now ends a list', 'a:\n  - 1\nb: 1\n', 'a:\n  - 22  # two \nb: 1\n'],
    ['types', 'a: true\nb: null\nc: 1.5\nd: 2026-01-01\n', 'a: "true"\nb: 0\nc: x\nd: 2026-01-02\n'],
    ['several documents', 'kind: A\nn: 1\n---\nkind: B\nn: 1\n', 'kind: A\nn: 1\n---\nkind: B\nn: 200\n'],
    ['lines inside of braces', 'a: {\n  b: 1\n}\n', 'a: {\n  b: 22\n}\n'],
    ['keys in quotes', '"a b": 1\n"c.d/e": 2\n', '"a b": 12\n"c.d/e": 2\n'],
    ['a whole document', 'one\n', 'three\n'],
    ['Windows line ends', 'a: 1\r\nb: 2\r\n', 'a: 1\r\nb: 22\r\n'],
    ['a node behind aliases', 'a: &x\n  n: 1\nb: *x\nc:\n  - *x\n', 'a: &x\n  n: 22\nb: *x\nc:\n  - *x\n'],
    [
      'a map that is merged',
      'a: &x\n  n: 1\n  m: 2\nb:\n  <<: *x\n  m: 3\n',
      'a: &x\n  n: 11\n  m: 2\nb:\n  <<: *x\n  m: 3\n',
    ],
    ['a template', 'a: "{{ .Values.x }}"\nb: 1\n', 'a: "{{ .Values.x }}"\nb: 12\n'],
    ['a value that was a template', "a: '{{ x }}'\n", "a: 'x'\n"],
    ['a tag elsewhere', 'a: !Ref x\nb: 1\n', 'a: !Ref x\nb: 2\n'],
    ['addresses', 'a: http://x.org:80/b\nb: x:1\n', 'a: https://x.org/b/c\nb: x:2\n'],
    ['a value below its key', 'a:\n  one\nb: 1\n', 'a:\n  two\nb: 1\n'],
  ])('%s', async (_, base, head) => {
    const { edited, read } = await both(base, head)
    expect(edited).toBeDefined()
    expect(edited).toEqual(read)
  })

  it('keeps what did not change as the same nodes', async () => {
    const { edited, documents } = await both('a:\n  b: 1\nc:\n  d: 2\n', 'a:\n  b: 1\nc:\n  d: 3\n')
    const [was, is] = [edited?.[0]?.root, documents[0]?.root]
    if (was?.type !== 'map' || is?.type !== 'map') throw new Error('no maps')
    expect(was.entries[0]).toBe(is.entries[0])
    expect(was.entries[1]).not.toBe(is.entries[1])
  })
})

describe('it is left to reading the text where a line does not tell its value', () => {
  it.each([
    ['a line of a text block', 'a: |\n  b: 1\n', 'a: |\n  b: 2\n'],
    ['a value of several lines', 'a: one\n  two\n', 'a: one\n  three\n'],
    ['the first of several lines', 'a: one\n  two\n', 'a: six\n  two\n'],
    ['a text in quotes of several lines', 'a: "x\n  b: 1\n  "\n', 'a: "x\n  b: 2\n  "\n'],
    ['a key', 'a: 1\n', 'b: 1\n'],
    ['an indentation', 'a:\n  b: 1\n  c: 2\n', 'a:\n  b: 1\nc: 2\n'],
    ['a line that comes', 'a: 1\n', 'a: 1\nb: 2\n'],
    ['a line that moves', 'a: 1\nb: 2\nc: 3\n', 'b: 2\nc: 4\na: 1\n'],
    ['a comment', '# a: 1\nb: 1\n', '# a: 2\nb: 1\n'],
    ['a tag in the line above', 'a: !secret\n  one\n', 'a: !secret\n  two\n'],
    ['a tag of another type', 'a: !!str\n  1\n', 'a: !!str\n  2\n'],
    ['an anchor', 'a: &x 1\nb: *x\n', 'a: &x 2\nb: *x\n'],
    ['an alias', 'a: &x 1\nb: *x\n', 'a: &x 1\nb: 2\n'],
    ['a list in brackets', 'a: [1, 2]\n', 'a: [1, 3]\n'],
    ['a value that was a template', 'a: "{{ x }}"\n', 'a: "{{ y }}"\n'],
    ['a version of YAML', '%YAML 1.1\n---\na: no\n', '%YAML 1.1\n---\na: yes\n'],
    ['escapes', 'a: "x\\ty"\n', 'a: "x"\n'],
  ])('%s', async (_, base, head) => {
    expect((await both(base, head)).edited).toBeUndefined()
  })
})
