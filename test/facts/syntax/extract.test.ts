import { describe, expect, test } from 'vitest'
import { problemsIn, syntaxOf } from './read.ts'

async function only(path: string, head: string, base?: string, repository: Record<string, string> = {}) {
  const { facts } = await syntaxOf([base === undefined ? { path, head } : { path, base, head }], repository)
  expect(facts).toHaveLength(1)
  const [fact] = facts
  if (!fact) throw new Error('no fact')
  return fact
}

describe('the line a person would point at', () => {
  test.each([
    ['a key below a value', 'a:\n  b: 5\n    c: 3\n', '3 bad-indent'],
    ['a key that lost its quote, far from the end', 'a: "x\nb: 1\nc: 2\nd: 3\n', '1 unclosed-quote'],
    ['a quote that the next quoted value closes', 'a: "x\nb: "y"\n', '1 unclosed-quote'],
    ['a list that is not closed', 'a: [1, 2\nb: 3\n', '1 unclosed-bracket'],
    ['no space after the colon', 'a:1\nb: 2\n', '1 missing-colon'],
    ['a blank line before the culprit', 'a:\n  - b: 1\n    c: 2\n\n   - d: 1\n', '5 bad-indent'],
    ['a no-break space', 'image:\n\u00A0 tag: 1\n  name: x\n', '2 control-character'],
    ['a tab before a list item', 'a:\n  - b\n\t- c\n  - d\n', '3 tab-indent'],
    ['one mistake per document', 'a: *\n---\nb: 1\n---\nc: @x\nd: `y`\n', '1 unquoted-alias,5 reserved-start'],
  ])('%s', async (_, text, expected) => expect((await problemsIn('deploy/x.yml', text)).join()).toBe(expected))
})

describe('the corrected line', () => {
  test.each([
    ['cron: * * * * *\n', 'cron: "* * * * *"'],
    ['  - cron: */5 * * * * # often\n', '  - cron: "*/5 * * * *" # often'],
    ['user: @octocat\n', 'user: "@octocat"'],
    ['title: foo: bar\n', 'title: "foo: bar"'],
    ['title: say "x": bar\n', 'title: \'say "x": bar\''],
    ["a: 'it's'\n", 'a: "it\'s"'],
    ['a:\n\tb: 1\n', '  b: 1'],
    ['p: "\\d+"\n', "p: '\\d+'"],
    ['*.example.com: 1\n', '"*.example.com": 1'],
    ['a: [*x, b]\n', 'a: ["*x", b]'],
    ['image: a:\n  b: c\n', ''],
  ])('%j', async (text, line) => {
    const fact = await only('deploy/x.yml', text)
    expect(fact.problem === 'unknown-alias' ? '' : fact.quickFix).toBe(fact.problem === 'unknown-alias' ? '' : line)
  })
})

test('a doubled key names the first one', async () => {
  const fact = await only('k8s/a.yaml', 'apiVersion: v1\nkind: Pod\nspec:\n  replicas: 3\n  replicas: 1\n')
  expect(fact).toMatchObject({ problem: 'duplicate-key', key: 'spec.replicas', firstLine: 4, strictKeys: true })
  expect(fact.span.line).toBe(5)
})

test('the reader of a file is told by where it stands', async () => {
  const broken = 'a: *\n'
  expect((await only('config/app.yml', broken, undefined, { Gemfile: '' })).reader).toBe('rails')
  expect((await only('deployments/hub/config/common.yaml', broken)).reader).toBe('unknown')
  expect((await only('.github/workflows/a.yml', broken)).reader).toBe('github-actions')
  expect((await only('compose.yaml', broken)).reader).toBe('compose')
})

describe('old debt is quiet', () => {
  test('the same mistake at base, on another line', async () => {
    expect(await problemsIn('a.yml', '# new\nb: 2\na: *\n', 'a: *\n')).toEqual([])
  })
  test('a new mistake in a file that parsed', async () => {
    expect(await problemsIn('a.yml', 'a: *\n', 'a: 1\n')).toEqual(['1 unquoted-alias'])
  })
  test('a file that is being repaired', async () => {
    expect(await problemsIn('a.yml', 'a: 1\nb: @x\n', 'a: *\nb: @x\n')).toEqual([])
  })
  test('a doubled key that was there', async () => {
    expect(await problemsIn('a.yml', 'a: 1\na: 2\nb: 3\n', 'a: 1\na: 2\nb: 2\n')).toEqual([])
  })
})

describe('left alone', () => {
  test.each([
    ['test/fixtures/bad.yml', 'a: *\n'],
    ['config/invalid.yml', 'a: *\n'],
    ['chart/templates/web.yaml', 'a:\n{{- if .Values.x }}\n  b: 1\n{{- end }}\n'],
    ['{{cookiecutter.name}}/app.yml', 'a: *\n'],
    ['config/database.yml', 'a:\n<% if x %>\n  b: 1\n<% end %>\n'],
    ['config/quoted.yml', "a: 'x\ny'\nb: 1\n"],
    ['data/lines.json', '{"a": 1}\n{"a": 2}\n'],
    ['config/empty.json', ''],
    ['settings.json5', '{a: 1}'],
    ['README.md', '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n'],
  ])('%s', async (path, text) => expect(await problemsIn(path, text)).toEqual([]))

  test('an error beside a template is still one', async () => {
    expect(await problemsIn('config/db.yml', 'a: <%= x %>\nb:\n<% if y %>\n  c: 1\n<% end %>\nd: *x/y\n')).toEqual([
      '6 unquoted-alias',
    ])
  })
})

describe('JSON', () => {
  test.each([
    ['package.json', '{\n  "a": 1,\n}\n', '2 trailing-comma'],
    ['config/a.json', '{\n  "a": 1\n  "b": 2\n}\n', '2 missing-comma'],
    ['config/a.json', '{\n  "a": "x\n}\n', '2 unclosed-quote'],
    ['config/a.json', '{\n  "a": [1\n}\n', '3 unclosed-bracket'],
    ['config/a.json', "{ 'a': 1 }", '1 other'],
    ['tsconfig.json', '{\n  // x\n  "a": 1,\n}\n', ''],
    ['tsconfig.json', '{\n  "a" 1\n}\n', '2 missing-colon'],
    ['config/a.json', '{ "a": 1, "b": { "a": 1 }, "a": 2 }', '1 duplicate-key'],
  ])('%s %j', async (path, text, expected) => expect((await problemsIn(path, text)).join()).toBe(expected))
})

describe('TOML', () => {
  test.each([
    ['a = 1\na = 2\n', '2 duplicate-key'],
    ['a = "x\nb = 1\n', '1 unclosed-quote'],
    ['a = foo\n', '1 other'],
    ['a = [1, 2\nb = 3\n', '2 unclosed-bracket'],
    ['a = 1\n[b]\nc = 2\n', ''],
  ])('%j', async (text, expected) => expect((await problemsIn('fly.toml', text)).join()).toBe(expected))
})

describe('a value that is read as something else', () => {
  test.each([
    ['config/a.yml', 'v: "no"\n', 'v: no\n', '1 type-changed'],
    ['config/a.yml', 'v: "0755"\n', 'v: 0755\n', '1 type-changed'],
    ['config/a.yml', 'v: "3.10"\n', 'v: 3.10\n', '1 type-changed'],
    ['config/a.yml', 'v: "a #b"\n', 'v: a #b\n', '1 type-changed'],
    ['config/a.yml', 'v: ["no", "se"]\n', 'v: [se, no]\n', '1 type-changed'],
    ['config/a.yml', 'v: "80"\n', 'v: 80\n', ''],
    ['config/a.yml', 'v: "x"\n', 'v: no\n', ''],
    ['config/a.yml', 'v: no\n', 'v: no # still\n', ''],
    ['.github/workflows/a.yml', 'v: "no"\n', 'v: no\n', ''],
    ['.github/workflows/a.yml', 'python-version: 3.9\n', 'python-version: 3.10\n', '1 version-number'],
    ['.github/workflows/a.yml', 'python-version: 3.10\n', 'python-version: 3.10 # x\n', ''],
  ])('%s: %j -> %j', async (path, base, head, expected) =>
    expect((await problemsIn(path, head, base)).join()).toBe(expected),
  )
})

describe('hostile input', () => {
  test.each([
    [
      'an alias bomb',
      `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `k${i}: &k${i} [${`*${i === 0 ? 'a' : `k${i - 1}`},`.repeat(9)}]`).join('\n')}\n`,
    ],
    ['1,000 documents', 'a: 1\n---\n'.repeat(1000)],
    ['200 levels', `a: ${'['.repeat(200)}${']'.repeat(200)}\n`],
    ['20,000 keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: ${i}`).join('\n')],
  ])('%s is read', async (_, text) => {
    const { facts, notAnalysed } = await syntaxOf([{ path: 'a.yml', head: text }])
    expect([facts, notAnalysed]).toEqual([[], []])
  })

  test('10,000 documents are named as not analysed', async () => {
    const { facts, notAnalysed } = await syntaxOf([{ path: 'a.yml', head: 'a: 1\nb: 2\n---\n'.repeat(10_000) }])
    expect(facts).toEqual([])
    expect(notAnalysed[0]?.reason).toContain('10,001 documents')
  })

  test('5 MB in one line is named as not analysed', async () => {
    const { facts, notAnalysed } = await syntaxOf([{ path: 'a.yml', head: `a: [${'1,'.repeat(2_400_000)}]` }])
    expect(facts).toEqual([])
    expect(notAnalysed[0]?.reason).toContain('4.8 MB of YAML')
  })

  test.each(['a.yml', 'a.json', 'tsconfig.json', 'a.toml', 'k8s/a.yaml', 'x.rb'])(
    'junk in %s does no harm',
    async path => {
      const junk = [
        '',
        '\0',
        '\uFEFF',
        '%',
        '---',
        '- - -',
        '&',
        '*',
        '"',
        "'",
        '{',
        '[',
        '{"',
        '\t',
        '\r',
        '\u2028',
        '<<<<<<< ',
        '${{',
        '!',
        '? ',
        ': ',
        '[['.repeat(20_000),
      ]
      for (const text of junk) await expect(syntaxOf([{ path, base: 'a: 1\n', head: text }])).resolves.toBeDefined()
    },
  )
})
