import { describe, expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import type { Config } from '../../../src/config/types.ts'
import { extractValues } from '../../../src/facts/value/extract.ts'
import type { ValueFact } from '../../../src/facts/value/index.ts'

const config: Config = {
  rules: {},
  ignore: [],
  databases: [],
  tables: {},
  environments: { production: [], lower: [] },
  schedules: [],
}

async function factsOf(...files: readonly MemoryFile[]): Promise<readonly ValueFact[]> {
  const change = changeInMemory({ files })
  const { artifacts } = await loadArtifacts(change, config)
  const { facts } = await extractValues({ change, artifacts, config, now: new Date(0) }, artifacts)
  return facts
}

/** `change kind name exact-path base -> head @line` */
function lines(facts: readonly ValueFact[]): readonly string[] {
  return facts.map(
    fact =>
      `${fact.change} ${fact.place.kind} ${fact.place.path} ${fact.baseText}>${fact.headText} ${fact.side}:${fact.span.line}`,
  )
}

const deployment = (replicas: number, container: string, name = 'web') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
${container.replace(/^/gm, '        ')}
`

describe('values of Kubernetes objects', () => {
  test('a changed scalar, on its line', async () => {
    const facts = await factsOf({
      path: 'k8s/web.yml',
      base: deployment(10, '- name: web'),
      head: deployment(2, '- name: web'),
    })
    expect(lines(facts)).toEqual(['changed k8s/Deployment spec.replicas 10>2 head:6'])
    expect(facts[0]).toMatchObject({
      baseNumber: 10,
      headNumber: 2,
      ratio: 0.2,
      place: { name: 'Deployment web', shape: 'spec.replicas' },
    })
  })

  test('a removed subtree is one fact, at base', async () => {
    const probe = '- name: web\n  image: a\n  readinessProbe:\n    httpGet:\n      path: /ready'
    const facts = await factsOf({
      path: 'k8s/web.yml',
      base: deployment(3, probe),
      head: deployment(3, '- name: web\n  image: b'),
    })
    expect(lines(facts)).toEqual([
      'changed k8s/Deployment spec.template.spec.containers[name=web].image a>b head:11',
      'removed k8s/Deployment spec.template.spec.containers[name=web].readinessProbe > base:12',
    ])
  })

  test('an inserted container shifts nothing', async () => {
    const facts = await factsOf({
      path: 'k8s/web.yml',
      base: deployment(3, '- name: web\n  image: a'),
      head: deployment(3, '- name: proxy\n  image: p\n- name: web\n  image: a'),
    })
    expect(lines(facts)[0]).toBe('added k8s/Deployment spec.template.spec.containers[name=proxy] > head:10')
    expect(facts.filter(fact => fact.inside === false)).toHaveLength(1)
  })

  test('a whole object that goes is one fact about the object', async () => {
    const two = `${deployment(3, '- name: web')}---\n${deployment(4, '- name: api', 'api')}`
    const facts = await factsOf({ path: 'k8s/web.yml', base: two, head: deployment(3, '- name: web') })
    expect(lines(facts)).toEqual(['removed k8s/Deployment  > base:12'])
    // Down to its name: the lines above it are the same for every document.
    expect(facts[0]?.span.endLine).toBe(15)
  })

  test('documents are paired by name, not by position', async () => {
    const a = deployment(3, '- name: web')
    const b = deployment(4, '- name: api', 'api')
    expect(await factsOf({ path: 'k8s/all.yml', base: `${a}---\n${b}`, head: `${b}---\n${a}` })).toEqual([])
  })

  test('an object that moves to another file is compared there', async () => {
    const facts = await factsOf(
      {
        path: 'k8s/all.yml',
        base: `${deployment(9, '- name: web')}---\n${deployment(4, '- name: api', 'api')}`,
        head: deployment(9, '- name: web'),
      },
      { path: 'k8s/api.yml', head: deployment(2, '- name: api', 'api') },
    )
    expect(lines(facts)).toEqual(['changed k8s/Deployment spec.replicas 4>2 head:6'])
    expect(facts[0]?.path).toBe('k8s/api.yml')
  })

  test('a subtree that moves to another object is not removed', async () => {
    const ingress = (name: string, ...paths: readonly string[]) =>
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: ${name}\nspec:\n  rules:\n    - host: a.example.com\n      http:\n        paths:\n${paths
        .map(
          path =>
            `          - path: ${path}\n            pathType: Prefix\n            backend:\n              service:\n                name: x${path.slice(1)}\n`,
        )
        .join('')}`
    const facts = await factsOf(
      { path: 'a.yml', base: ingress('a', '/x', '/y'), head: ingress('a', '/x') },
      { path: 'b.yml', base: ingress('b', '/z'), head: ingress('b', '/z', '/y') },
    )
    expect(facts.filter(fact => fact.change === 'removed')).toEqual([])
    const gone = await factsOf({ path: 'a.yml', base: ingress('a', '/x', '/y'), head: ingress('a', '/x') })
    expect(lines(gone)).toEqual(['removed k8s/Ingress spec.rules[host=a.example.com].http.paths[path=/y] > base:15'])
  })
})

describe('values of other files', () => {
  test('Terraform blocks by address, with moved and nested blocks', async () => {
    const block = (name: string, size: string, protect: string) =>
      `resource "aws_db_instance" "${name}" {\n  instance_class = "${size}"\n  lifecycle {\n    prevent_destroy = ${protect}\n  }\n}\n`
    const facts = await factsOf({
      path: 'main.tf',
      base: block('a', 'db.r3.8xlarge', 'true'),
      head: `${block('b', 'db.r3.2xlarge', 'false')}moved {\n  from = aws_db_instance.a\n  to   = aws_db_instance.b\n}\n`,
    })
    expect(lines(facts)).toContain(
      'changed terraform/aws_db_instance instance_class db.r3.8xlarge>db.r3.2xlarge head:2',
    )
    expect(lines(facts)).toContain('changed terraform/aws_db_instance lifecycle.prevent_destroy true>false head:4')
    expect(facts.find(fact => fact.key === 'instance_class')).toMatchObject({ sizeRatio: 0.25 })
    expect(facts.filter(fact => fact.change === 'removed')).toEqual([])
  })

  test('expressions are text, not numbers', async () => {
    const facts = await factsOf({
      path: 'a.tf',
      base: 'module "x" {\n  size = 3\n}\n',
      head: 'module "x" {\n  size = var.size\n}\n',
    })
    expect(facts[0]).toMatchObject({ baseNumber: 3, expression: true, headText: 'var.size' })
    expect(facts[0]).not.toHaveProperty('headNumber')
  })

  test('TOML tables, arrays of tables and inline tables with their lines', async () => {
    const toml = (n: number) =>
      `app = "x"\n[http_service]\n  min_machines_running = ${n}\n  "a b" = { c = [1, 2, ${n}], d.e = "s" }\n[[vm]]\nsize = "performance-4x"\n[[vm]]\nsize = '''performance-${n}x'''\n`
    const facts = await factsOf({ path: 'fly.toml', base: toml(4), head: toml(1) })
    expect(lines(facts)).toContain('changed fly http_service.min_machines_running 4>1 head:3')
    expect(lines(facts)).toContain('changed fly vm[1].size performance-4x>performance-1x head:8')
  })

  test('JSON, and environment variables by name', async () => {
    const json = (n: number) =>
      JSON.stringify(
        {
          env: [
            { name: 'POOL', value: String(n) },
            { name: 'B', value: '1' },
          ],
        },
        null,
        2,
      )
    const facts = await factsOf({ path: 'task.json', base: json(20), head: json(2) })
    expect(lines(facts)).toEqual(['changed json env[name=POOL].value 20>2 head:5'])
    expect(facts[0]).toMatchObject({ knob: 'pool', ratio: 0.1 })
  })

  test('compose services, merge keys and aliases', async () => {
    const compose = (n: number) =>
      `x-base: &base\n  deploy: { replicas: ${n} }\nservices:\n  web:\n    <<: *base\n    image: a\nvolumes: {}\n`
    const facts = await factsOf({ path: 'docker-compose.yml', base: compose(4), head: compose(1) })
    expect(lines(facts)).toContain('changed compose/service deploy.replicas 4>1 head:2')
  })

  test('a key around the value names the environment', async () => {
    const facts = await factsOf({
      path: 'config/queue.yml',
      base: 'staging:\n  pool: 10\n',
      head: 'staging:\n  pool: 1\n',
    })
    expect(facts[0]).toMatchObject({ environment: 'lower' })
  })
})

describe('hostile input', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghij'.split('').map(
      (key, at) =>
        `${key}: &${key} [${Array(9)
          .fill(`*${'abcdefghij'[at] ?? 'a'}`)
          .join()}]`,
    ),
  ].join('\n')
  const cases: readonly (readonly [string, string, string])[] = [
    ['empty', '', ''],
    ['truncated', 'a: {b: [1, 2', '{"a": [1,'],
    ['junk', '\u0000\u0001\uFFFD\u0007: \u0000', '\u0000'],
    ['nested', '['.repeat(4000), `${'{"a":'.repeat(4000)}1`],
    ['deep maps', Array.from({ length: 800 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'), `${'a={'.repeat(3000)}`],
    ['alias bomb', bomb, bomb.replace('a: &a [x', 'a: &a [y')],
    ['circle', 'a: &a\n  b: *a\n', 'a: &a\n  b: *a\n  c: 1\n'],
    ['odd keys', '? [a, b]\n: 1\n__proto__: 2\n"": 3\n', '? {a: 1}\n: 1\n__proto__: 3\n"": 4\n'],
  ]
  for (const path of ['a.yml', 'a.json', 'a.toml', 'a.tf', 'docker-compose.yml', 'values.yaml']) {
    test.each(cases)(`${path}: %s`, async (_name, base, head) => {
      await expect(factsOf({ path, base, head })).resolves.toBeDefined()
      await expect(factsOf({ path, base: head, head: base })).resolves.toBeDefined()
      await expect(factsOf({ path, head })).resolves.toBeDefined()
    })
  }

  test('thousands of added and removed items', async () => {
    const list = (from: number) =>
      `items:\n${Array.from({ length: 1000 }, (_, at) => `  - { a: ${at + from}, b: x${at * from} }`).join('\n')}\n`
    await expect(factsOf({ path: 'a.yml', base: list(1), head: list(50_000) })).resolves.toBeDefined()
  })
})
