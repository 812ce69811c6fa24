import { describe, expect, test } from 'vitest'
import { matchKind } from '../../../src/facts/match/index.ts'
import { actionOf } from '../../../src/facts/match/names.ts'
import { reachOf } from '../../../src/facts/match/reach.ts'
import { factsOf, hostile } from '../read.ts'

describe('what an entry matches', () => {
  test.each([
    ['/', 'text', 'every path'],
    ['/*', 'text', 'every path'],
    ['*', 'text', 'everything'],
    ['.*', 'text', 'everything'],
    ['^.*$', 'text', 'everything'],
    ['(?i).*', 'text', 'everything'],
    ['bad|', 'text', 'everything'],
    ['http://', 'text', 'every URL'],
    ['*.com', 'text', 'every .com domain'],
    ['0.0.0.0/0', 'address', 'every IPv4 address'],
    ['::/0', 'address', 'every IPv6 address'],
    ['128.0.0.0/1', 'address', 'one in 2 IPv4 addresses'],
    ['(?i).*AppleWebKit.*', 'agent', 'the browsers of ordinary visitors'],
  ] as const)('%s as %s matches %s', (entry, sort, reach) => {
    expect(reachOf(entry, sort)).toBe(reach)
  })

  test.each([
    ['/login', 'text'],
    ['*.example.com', 'text'],
    ['^/wp-.*', 'text'],
    ['10.0.0.0/8', 'address'],
    ['224.0.0.0/4', 'address'],
    ['chrome', 'text'],
    ['HeadlessChrome', 'agent'],
    ['a|b', 'text'],
    ['', 'text'],
  ] as const)('%s as %s selects something', (entry, sort) => {
    expect(reachOf(entry, sort)).toBeUndefined()
  })
})

test.each([
  ['blocked_ips', 'deny'],
  ['denyList', 'deny'],
  ['block_hosts', 'deny'],
  ['allowed_cidrs', 'allow'],
  ['cidr_block', undefined],
  ['blocks', undefined],
  ['block_device_mappings', undefined],
])('a list named %s: %s', (name, action) => {
  expect(actionOf([name])).toBe(action)
})

test('an entry that was there before is no fact, even when its line moves', async () => {
  const base = 'blocked_paths:\n  - /\n  - /a\n'
  const head = 'blocked_paths:\n  - /a\n  - /b\n  - /\n'
  expect((await factsOf(matchKind, [{ path: 'waf.yml', base, head }])).facts).toEqual([])
})

test('numbers, not places, order rules that have a priority', async () => {
  const rule = (name: string, priority: number, action: string, source: string): string =>
    `  - { name: ${name}, priority: ${priority}, action: ${action}, source: ${source} }\n`
  const offices = rule('offices', 100, 'allow', '203.0.113.0/24')
  const base = `rules:\n${offices}${rule('rest', 200, 'deny', 'any')}`
  const moved = `rules:\n${rule('rest', 200, 'deny', 'any')}${offices}`
  const first = `rules:\n${offices}${rule('rest', 50, 'deny', 'any')}`
  expect((await factsOf(matchKind, [{ path: 'fw.yml', base, head: moved }])).facts).toEqual([])
  expect((await factsOf(matchKind, [{ path: 'fw.yml', base, head: first }])).facts).toMatchObject([
    { change: 'shadows', action: 'deny', crossing: true },
  ])
})

test.each(hostile)('survives hostile input %#', async text => {
  for (const path of ['blocklist.txt', 'waf.yml', 'deny.json', 'a.tf', 'robots.txt'])
    expect((await factsOf(matchKind, [{ path, base: 'a: 1\n', head: text }])).notAnalysed).toEqual([])
})
