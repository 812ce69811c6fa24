import { expect, test } from 'vitest'
import { schemaKind } from '../../../src/facts/schema/index.ts'
import { factsOf, hostile } from '../read.ts'

const schema = JSON.stringify({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    $schema: {},
    name: { type: 'string', pattern: '^[a-z]+$' },
    slow: { type: 'string', pattern: '^(a+)+$' },
    ports: { type: 'array', items: { type: 'integer' } },
  },
})

async function told(head: string, base?: string) {
  const files = [{ path: 'deploy/a.yml', head, ...(base === undefined ? {} : { base }) }]
  const { facts } = await factsOf(schemaKind, files, { 'schemas/a.json': schema })
  return facts
}

const comment = '# yaml-language-server: $schema=../schemas/a.json\n'

test('points at the value, the unknown key, and the whole for what is missing', async () => {
  expect(await told(`${comment}name: web\nports:\n  - 80\n  - x\n`)).toMatchObject([
    { at: 'ports[1]', keyword: 'type', span: { line: 5 } },
  ])
  expect(await told(`${comment}name: web\nport: 80\n`)).toMatchObject([{ at: 'port', span: { line: 3 } }])
  expect(await told(`${comment}ports: []\n`)).toMatchObject([{ at: '', keyword: 'required' }])
  expect(await told(`${comment}name: WEB\n`)).toMatchObject([{ at: 'name', keyword: 'pattern' }])
})

test('keeps patterns apart, and tries none that may take exponential time', async () => {
  expect(await told(`${comment}name: web\nslow: ${'a'.repeat(60)}!\n`)).toEqual([])
})

test('says only what base did not have', async () => {
  expect(await told(`${comment}name: web\nport: 81\n`, `${comment}name: web\nport: 80\n`)).toEqual([])
})

test('leaves remote schemas, schemas outside the repository and broken ones alone', async () => {
  for (const path of ['https://example.com/a.json', '../../a.json', '../schemas/none.json'])
    expect(await told(`# yaml-language-server: $schema=${path}\nport: 80\n`)).toEqual([])
  for (const text of [...hostile, '[]', 'null', '{"$ref": "#/no"}', '{"$ref": "https://example.com/a"}']) {
    const files = [{ path: 'a.yml', head: '# yaml-language-server: $schema=a.json\na: 1\n' }]
    expect((await factsOf(schemaKind, files, { 'a.json': text })).facts).toEqual([])
  }
})
