import { expect, test } from 'vitest'
import { firewallKind } from '../../../src/facts/firewall/index.ts'
import { factsOf, hostile } from '../read.ts'

const saved = (...rules: readonly string[]): string =>
  `*filter\n:INPUT DROP [0:0]\n${rules.map(rule => `-A INPUT ${rule}\n`).join('')}COMMIT\n`

const replies = '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'
const https = '-p tcp --dport 443 -j ACCEPT'

test('replies accepted in a chain that is jumped to count', async () => {
  const head = `*filter\n:INPUT DROP [0:0]\n:BASE - [0:0]\n-A INPUT -j BASE\n-A INPUT ${https}\n-A BASE ${replies}\nCOMMIT\n`
  expect(
    (await factsOf(firewallKind, [{ path: 'fw/iptables.rules', base: saved(replies, https), head }])).facts,
  ).toEqual([])
})

test('a chain that hands over to others not in the file is left alone', async () => {
  const base = '#!/bin/sh\niptables -A INPUT -j UFW-USER\n'
  const head = `${base}iptables -P INPUT DROP\niptables -A INPUT ${https}\n`
  expect((await factsOf(firewallKind, [{ path: 'bin/fw.sh', base, head }])).facts).toEqual([])
})

test('stateless rules that accept by source port are replies too', async () => {
  const head = saved('-p tcp --sport 5432 -j ACCEPT', https)
  expect((await factsOf(firewallKind, [{ path: 'rules.v4', base: saved(replies, https), head }])).facts).toEqual([])
})

test('a port moves into a range', async () => {
  const base = saved(replies, '-p tcp --dport 8080 -j ACCEPT')
  const head = saved(replies, '-p tcp --dport 8000:8100 -j ACCEPT')
  expect((await factsOf(firewallKind, [{ path: 'rules.v4', base, head }])).facts).toEqual([])
})

test.each(hostile)('survives hostile input %#', async text => {
  for (const path of ['iptables.rules', 'a.nft', 'fw.sh'])
    expect(
      (await factsOf(firewallKind, [{ path, base: saved(https), head: `${text}\n-A INPUT\n` }])).notAnalysed,
    ).toEqual([])
})
