import { describe, expect, test } from 'vitest'
import { changeInMemory } from '../../../src/change/memory.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { extractSettings } from '../../../src/facts/setting/extract.ts'

async function read(path: string, base: string, head: string): Promise<readonly object[]> {
  const change = changeInMemory({ files: [{ path, base, head }] })
  const config = await loadConfig(async () => undefined)
  const { facts, notAnalysed } = await extractSettings({ change, artifacts: [], config, now: new Date(0) })
  expect(notAnalysed).toEqual([])
  return facts
}

describe('settings', () => {
  test('of nginx stand in their blocks, whatever the layout', async () => {
    const base = 'http { server { location /api { proxy_pass http://web; } } }\n'
    const head =
      'http {\n server {\n  # limit_req zone=a;\n  location /api { limit_req zone=api burst=5; proxy_pass http://web; }\n }\n}\n'
    expect(await read('conf/nginx.conf', base, head)).toMatchObject([
      {
        program: 'nginx',
        name: 'limit_req',
        within: 'http server location /api',
        change: 'added',
        head: 'zone=api burst=5',
        span: { line: 4 },
      },
    ])
  })

  test('of nginx may hold signs in quotes and variables', async () => {
    const conf = (rate: string) => `http { map $a $b { "" "x;y{"; default \${c}; } limit_req_zone $b rate=${rate}; }\n`
    expect(await read('conf/nginx.conf', conf('1r/s'), conf('2r/s'))).toMatchObject([
      { name: 'limit_req_zone', within: 'http', change: 'changed', base: '$b rate=1r/s', head: '$b rate=2r/s' },
    ])
  })

  test('of Rails are found with their receivers, and locals are written out', async () => {
    const base = "o = { key: 'a' }\nRails.application.config.session_store :cookie_store, o\nconfig.hosts << 'a'\n"
    const head = "o = { key: 'b' }\nRails.application.config.session_store :cookie_store, o\nconfig.hosts << 'a'\n"
    expect(await read('config/initializers/session_store.rb', base, head)).toMatchObject([
      { name: 'config.session_store', change: 'changed', head: expect.stringContaining('key: "b"'), span: { line: 2 } },
    ])
  })

  test('of an INI file carry their section', async () => {
    const base = '[server:main]\nuse: egg:gunicorn#main\n[loggers]\nkeys = root\n'
    expect(await read('conf/app.ini', base, '[loggers]\nkeys = root\n')).toMatchObject([
      { name: 'server:main.use', change: 'removed', base: 'egg:gunicorn#main', side: 'base' },
    ])
  })

  test('moved within a block are no difference', async () => {
    expect(await read('conf/nginx.conf', 'http { a 1; b 2; }', 'http { b 2; a 1; }')).toEqual([])
  })
})

test.each([
  ['conf/nginx.conf', '}}}{{{ ";'],
  ['conf/nginx.conf', `${'a {'.repeat(5000)}`],
  ['config/application.rb', 'class A < (((\n'],
  ['config/application.rb', `${'('.repeat(3000)}`],
  ['app.ini', '[[[\n=\n: :\n'],
  ['package.json', '{"puma": '],
  ['.env', '===\n\u0000\n'],
])('%s: broken text does no harm', async (path, text) => {
  await read(path, 'a = 1\n', text)
  await read(path, text, '')
})
