import { expect, test } from 'vitest'
import { jsonOf } from '../../../src/artifact/plain.ts'
import { yamlDocuments } from '../../../src/artifact/plain-yaml.ts'
import { sourceOf } from '../../../src/artifact/source.ts'
import { withFlags } from '../../../src/facts/value/flags.ts'

async function flags(text: string): Promise<unknown> {
  const [document] = (await yamlDocuments(sourceOf('a.yml', 'head', text))) ?? []
  return document && jsonOf(withFlags(document.root))
}

test.each([
  [
    'command: [redis-server, --maxmemory, 4gb, --appendonly, "yes"]',
    'command',
    { maxmemory: '4gb', appendonly: 'yes' },
  ],
  ['args: ["--workers=8", "-storage.retention=30d", "--verbose"]', 'args', { workers: 8, 'storage.retention': '30d' }],
  ['args: ["-c", "max_connections=300", "-c", "fsync=on"]', 'args', { max_connections: 300, fsync: 'on' }],
  ['command: gunicorn app --workers 4 --timeout 30', 'command', { workers: 4, timeout: 30 }],
  ['command: [sh, -c, "exec server --workers 4"]', 'command', { workers: 4 }],
  ['JAVA_OPTS: -Xms1g -Xmx3g -Dpool.size=20', 'JAVA_OPTS', { Xms: '1g', Xmx: '3g', 'pool.size': 20 }],
])('%s', async (text, key, expected) => {
  expect(await flags(text)).toMatchObject({ [`${key} flags`]: expected })
})

test('text without flags stays as it is', async () => {
  expect(await flags('command: [sleep, infinity]\nargs: "--{{ level }}"\nvalue: --a=1')).toEqual({
    command: ['sleep', 'infinity'],
    args: '--{{ level }}',
    value: '--a=1',
  })
})

test('the heap as a share of what the container may use', async () => {
  const text = 'env: [{ name: JAVA_OPTS, value: -Xmx3g }]\nresources: { limits: { memory: 2Gi } }'
  expect(await flags(text)).toMatchObject({ env: [{ 'value flags': { Xmx: '3g', 'heap share': 150 } }] })
  expect(await flags('command: node --max-old-space-size=512 a.js\nmem_limit: 1g')).toMatchObject({
    'command flags': { 'heap share': 54 },
  })
})
