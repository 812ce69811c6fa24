import { expect, test } from 'vitest'
import { jsonOf, type PlainDocument } from '../../src/artifact/plain.ts'
import { codeDocuments } from '../../src/artifact/plain-code.ts'
import { iniDocuments } from '../../src/artifact/plain-ini.ts'
import { dockerDocuments, haproxyDocuments, nginxDocuments } from '../../src/artifact/plain-lines.ts'
import { sourceOf } from '../../src/artifact/source.ts'

const source = (text: string) => sourceOf('file', 'head', text)
const json = (documents: readonly PlainDocument[]) => documents.map(({ root }) => jsonOf(root, 8))[0]

test('sections, numbers and quotes of INI files', () => {
  const text = '; note\nfirst = 1\n[pgbouncer]\npool_mode = "session" ; why\ndefault_pool_size=20\n'
  expect(json(iniDocuments(source(text), true))).toEqual({
    first: 1,
    pgbouncer: { pool_mode: 'session', default_pool_size: 20 },
  })
})

test('keys with a blank before the value, only where the format has them', () => {
  expect(json(iniDocuments(source('maxmemory 8gb\n'), true))).toEqual({ maxmemory: '8gb' })
  expect(json(iniDocuments(source('maxmemory 8gb\n'), false))).toEqual({})
})

test('directives of nginx by their blocks, with the numbers that they name', () => {
  const text = 'http {\n  upstream app { server a:80; server b:80; }\n  limit_req_zone $x zone=a:1m rate=5r/s;\n}\n'
  expect(json(nginxDocuments(source(text)))).toEqual({
    'http upstream app': { server: ['a:80', 'b:80'] },
    http: { limit_req_zone: '$x', 'limit_req_zone rate': 5 },
  })
})

test('sections of HAProxy', () => {
  const text = 'global\n  maxconn 2000\nbackend web\n  timeout server 30s\n  server a 10.0.0.1:80 check\n'
  expect(json(haproxyDocuments(source(text)))).toEqual({
    global: { maxconn: 2000 },
    'backend web': { 'timeout server': '30s', server: 'a' },
  })
})

test('the last stage of a Dockerfile, and what all stages run', () => {
  const text = 'FROM a AS build\nRUN make\nCMD ["x"]\nFROM b\nCMD ["y"]\n'
  expect(json(dockerDocuments(source(text)))).toEqual({ RUN: 'make', FROM: 'b', CMD: '["y"]' })
})

test.each([
  ['const pool = { min: 2, max: 40 }\n', { pool: { min: 2, max: 40 } }],
  ['module.exports = {\n  pool: {\n    max: 10,\n  },\n}\n', { exports: { pool: { max: 10 } } }],
  ['REQUEST_TIMEOUT = 30  # seconds\n', { REQUEST_TIMEOUT: 30 }],
  ['workers 4\nthreads 1, 5\n', { workers: 4, threads: 5 }],
  ['max = ENV.fetch("RAILS_MAX_THREADS") { 5 }\n', { RAILS_MAX_THREADS: 5 }],
  ['const size = process.env.POOL_SIZE || 10\n', { POOL_SIZE: 10 }],
  ['  Timeout: 30 * time.Second,\n', { Timeout: '30s' }],
  ['windowMs: 60 * 1000,\n', { windowMs: 60000 }],
  ['Rack::Timeout.service_timeout = 60\n', { service_timeout: 60 }],
  ['# workers 4\nif (a == 3) {\n}\n', {}],
])('numbers in settings written in code: %j', (text, expected) => {
  expect(json(codeDocuments(source(text)))).toEqual(expected)
})

test.each([iniDocuments, nginxDocuments, haproxyDocuments, dockerDocuments, codeDocuments])(
  'hostile text is read without harm: %o',
  read => {
    for (const text of [
      '',
      '{'.repeat(5000),
      '}'.repeat(5000),
      `${'a: {'.repeat(3000)}`,
      '\u0000\n[[[',
      `${'x'.repeat(50_000)} = 1`,
    ])
      expect(read(source(text), true)).toHaveLength(1)
  },
)
