import { expect, test } from 'vitest'
import type { MemoryFile } from '../../../src/change/memory.ts'
import { contentFieldKind } from '../../../src/facts/content-field/index.ts'
import { factsOf, hostile } from '../read.ts'

const facts = async (files: readonly MemoryFile[], repository: Readonly<Record<string, string>> = {}) =>
  (await factsOf(contentFieldKind, files, repository)).facts

const json = (...fields: readonly string[]): string =>
  `{\n${fields.map(name => `  "${name}": { "type": "StructuredText" }`).join(',\n')}\n}\n`

test('a field of a content model in JSON', async () => {
  const files = [{ path: 'customtypes/event/index.json', base: json('title', 'place'), head: json('title') }]
  const repository = { 'src/event.graphql': 'query e {\n  event {\n    title\n    place\n  }\n}\n' }
  expect(await facts(files, repository)).toMatchObject([{ field: 'place', leftAt: ['src/event.graphql:4'] }])
})

test('a field that only moves to another document', async () => {
  const files = [
    { path: 'customtypes/event/index.json', base: json('title', 'place'), head: json('title') },
    { path: 'customtypes/venue/index.json', base: json('title'), head: json('title', 'place') },
  ]
  expect(await facts(files, { 'src/event.graphql': 'query e {\n  place\n}\n' })).toEqual([])
})

test('code that fetches content is no content model', async () => {
  const files = [
    { path: 'services/prismic/fetch/x.ts', base: 'const a = {\n  place: link({}),\n}\n', head: 'const a = {\n}\n' },
  ]
  expect(await facts(files, { 'web/x.graphql': 'query e {\n  place\n}\n' })).toEqual([])
})

test.each(hostile)('hostile input %#', async text => {
  for (const path of ['cms/a.ts', 'customtypes/a.json'])
    expect(await facts([{ path, base: 'x\n', head: text }])).toEqual([])
})
