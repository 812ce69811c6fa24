import { describe, expect, test } from 'vitest'
import { alertKind } from '../../../src/facts/alert/index.ts'
import { factsIn } from './read.ts'

const rules = (...alerts: readonly string[]): string => `groups:\n  - name: g\n    rules:\n${alerts.join('')}`
const alert = (name: string, expr: string, rest = ''): string =>
  `      - alert: ${name}\n        expr: ${expr}\n${rest}`

describe('alert rules', () => {
  test('a new alert with its routing', async () => {
    const { facts } = await factsIn(
      alertKind,
      [
        {
          path: 'prometheus/rules.yml',
          head: rules(alert('Disk', 'disk_used_pct > 50', '        labels: { severity: page }\n')),
        },
      ],
      {
        'prometheus/alertmanager.yml':
          'route:\n  receiver: a\n  group_by: ["..."]\n  repeat_interval: 5m\nreceivers:\n  - name: a\n',
      },
    )
    expect(facts).toMatchObject([
      {
        what: 'rule',
        change: 'added',
        name: 'Disk',
        pages: true,
        perInstance: true,
        usedShare: 0.5,
        ungrouped: true,
        repeatSeconds: 300,
      },
    ])
  })

  test('the deepest matching route counts', async () => {
    const { facts } = await factsIn(
      alertKind,
      [{ path: 'rules.yml', head: rules(alert('Disk', 'x > 50', '        labels: { severity: page }\n')) }],
      {
        'alertmanager.yml':
          'route:\n  receiver: a\n  routes:\n    - matchers: [severity=~"page|critical"]\n      receiver: b\n      repeat_interval: 1h\nreceivers:\n  - name: a\n  - name: b\n',
      },
    )
    expect(facts).toMatchObject([{ receiver: 'b', repeatSeconds: 3600 }])
  })

  test('an alert that moves to another file is not removed', async () => {
    const text = alert('Lag', 'lag > 60')
    const { facts } = await factsIn(alertKind, [
      { path: 'a/rules.yml', base: rules(text, alert('Down', 'up == 0')), head: rules(alert('Down', 'up == 0')) },
      { path: 'b/rules.yml', head: rules(text) },
    ])
    expect(facts.filter(fact => 'change' in fact && fact.change === 'removed')).toEqual([])
  })

  test('rules inside a ConfigMap are found on their own line', async () => {
    const head = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: rules }\ndata:\n  rules.yml: |\n    groups:\n      - name: g\n        rules:\n          - alert: Down\n            expr: up == 0\n`
    const { facts } = await factsIn(alertKind, [{ path: 'k8s/rules.yaml', head }])
    expect(facts).toMatchObject([{ name: 'Down', span: { line: 9 } }])
  })

  test('a head that does not parse removes nothing', async () => {
    const { facts } = await factsIn(alertKind, [
      { path: 'rules.yml', base: rules(alert('Down', 'up == 0')), head: 'groups:\n  - name: g\n rules: [\nalert: x' },
    ])
    expect(facts).toEqual([])
  })
})

test.each([
  '',
  'alert:',
  'groups: [{rules: [{alert: 1, expr: [1]}]}]',
  'receiver: &a [*a]',
  `alert: x\n${'- '.repeat(2000)}`,
  'condition: \u0000\u0001',
  'route: {receiver: a, routes: {}}\nreceivers: {}',
])('survives %j', async text => {
  for (const path of ['rules.yml', 'alertmanager.json', 'alarms.tf'])
    expect((await factsIn(alertKind, [{ path, head: text }])).notAnalysed).toEqual([])
})

test('a recording rule of a strange name is taken literally, and one that another file records is not lost', async () => {
  const file = (...names: readonly string[]): string =>
    `groups:\n  - name: a\n    rules:\n${names.map(name => `      - record: '${name}'\n        expr: sum(x)\n`).join('')}`
  const asks = (name: string): string =>
    `groups:\n  - name: b\n    rules:\n      - alert: B\n        expr: ${name} > 1\n`
  const gone = await factsIn(
    alertKind,
    [{ path: 'rules/a.yml', base: file('job:up:[(b', 'job:up:sum', 'job:up:max'), head: file('job:up:rate') }],
    { 'rules/b.yml': asks('job:up:sum'), 'rules/c.yml': asks('job:up:max'), 'rules/d.yml': file('job:up:max') },
  )
  expect(gone.facts.filter(fact => 'what' in fact && fact.what === 'metric')).toMatchObject([{ name: 'job:up:sum' }])
})
