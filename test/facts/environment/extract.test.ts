import { describe, expect, test } from 'vitest'
import { environmentKind } from '../../../src/facts/environment/index.ts'
import { isAddress, lowerIn, productionIn, siblingPaths } from '../../../src/facts/environment/names.ts'
import { readsOf } from '../../../src/facts/environment/reads.ts'
import { factsIn } from '../alert/read.ts'

describe('names', () => {
  test.each([
    ['auth.staging.internal', 'staging'],
    ['https://api-qa2.example.com', 'qa'],
    ['docs.example.dev', ''],
    ['/dev/null', ''],
    ['latest', ''],
    ['contest.example.com', ''],
    ['db.dev.svc.cluster.local', 'dev'],
  ])('%s names %j', (value, expected) => {
    expect(lowerIn(value)).toBe(expected)
  })

  test('a live view is no production', () => {
    expect([productionIn('live-view'), productionIn('db.prod.internal')]).toEqual(['', 'prod'])
  })

  test.each([
    ['10.0.0.1', true],
    ['redis://cache:6379', true],
    ['arn:aws:iam::111122223333:role/a', true],
    ['a sentence. with a dot', false],
    ['config/app.yml', false],
    ['1.2.3', false],
  ])('%s is an address: %s', (value, expected) => {
    expect(isAddress(value)).toBe(expected)
  })

  test('the same file of other environments', () => {
    const paths = ['config/prod/a.yml', 'config/staging/a.yml', 'config/staging/b.yml', 'values.dev.yaml']
    expect(siblingPaths('config/prod/a.yml', paths, 'production')).toEqual(['config/staging/a.yml'])
    expect(siblingPaths('values.production.yaml', paths, 'production')).toEqual(['values.dev.yaml'])
  })
})

describe('keys that code needs', () => {
  test.each([
    ['a.rb', 'ENV.fetch("KEY_A")', true],
    ['a.rb', 'ENV.fetch("KEY_A", nil)', false],
    ['a.rb', 'ENV.fetch("KEY_A") { "x" }', false],
    ['a.rb', 'ENV["KEY_A"]', false],
    ['a.py', 'os.environ["KEY_A"]', true],
    ['a.py', 'os.environ.get("KEY_A")', false],
    ['a.ts', 'const a = process.env.KEY_A!', true],
    ['a.ts', 'const a = process.env.KEY_A', false],
    ['a.ts', 'if (!process.env.KEY_A) throw new Error()', true],
    ['a.ts', 'z.object({\n  KEY_A: z.string().min(1),\n}).parse(process.env)', true],
    ['a.ts', 'z.object({\n  KEY_A: z.string().optional(),\n}).parse(process.env)', false],
    ['a.ts', 'z.object({\n  KEY_A: z\n    .string()\n    .default("x"),\n}).parse(process.env)', undefined],
    ['a.go', 'mustGetenv("KEY_A")', true],
    ['a.rs', 'env::var("KEY_A").expect("x")', true],
    ['a.java', '@Value("${KEY_A}")', true],
    ['a.java', '@Value("${KEY_A:x}")', undefined],
    ['a.ex', 'System.fetch_env!("KEY_A")', true],
    ['a.sh', 'curl "${KEY_A:?missing}"', true],
    ['a.sh', 'curl "${KEY_A}"', false],
    ['a.py', 'class Settings(BaseSettings):\n    key_a: str\n', true],
    ['a.py', 'class Settings(BaseSettings):\n    key_a: str = "x"\n', false],
    ['src/main/resources/application.yml', 'url: ${KEY_A}', true],
    ['src/main/resources/application.yml', 'url: ${KEY_A:x}', false],
    ['config/runtime.exs', 'System.get_env("KEY_A") ||\n  raise "x"', true],
    ['a.rb', 'ENV["KEY_A"] or raise "x"', true],
    ['a.py', '# os.environ["KEY_A"]', undefined],
  ])('%s: %s', (path, text, required) => {
    expect(readsOf(path, text)[0]?.required).toBe(required)
  })
})

test('a key that the code knew before is no news', async () => {
  const { facts } = await factsIn(
    environmentKind,
    [{ path: 'a.py', base: 'x = os.environ.get("KEY_A")\n', head: 'x = os.environ["KEY_A"]\n' }],
    { 'k8s/a.yaml': 'env:\n  - name: KEY_B\n', 'b.py': 'os.environ["KEY_B"]\n' },
  )
  expect(facts).toEqual([])
})

test.each([
  '',
  '{',
  'a: &a [*a]',
  'kind: Secret\napiVersion: v1\ndata: []',
  `a:\n${' - '.repeat(3000)}`,
  '\u0000\u0001',
])('survives %j', async text => {
  for (const path of ['config/production/a.yml', 'a.tf', '.env.production', 'prod/a.json', 'a.ts'])
    expect((await factsIn(environmentKind, [{ path, base: 'a: 1\n', head: text }])).notAnalysed).toEqual([])
})
