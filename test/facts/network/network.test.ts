import { expect, test } from 'vitest'
import { contains, rangeOf } from '../../../src/facts/match/cover.ts'
import { networkKind } from '../../../src/facts/network/index.ts'
import { factsOf, hostile } from '../read.ts'

test('a range holds what begins with its fixed bits', () => {
  const [wide, inside, outside] = [rangeOf('100.64.0.0/10'), rangeOf('100.127.255.0/24'), rangeOf('100.128.0.0/24')]
  expect(wide && inside && contains(wide, inside)).toBe(true)
  expect(wide && outside && contains(wide, outside)).toBe(false)
  expect(rangeOf('300.0.0.0/8')).toBeUndefined()
  expect(rangeOf('10.0.0.0/33')).toBeUndefined()
})

test('of two new ranges that overlap the later one is told, once', async () => {
  const base = 'blocked:\n  - 192.0.2.0/24\n'
  const { facts } = await factsOf(networkKind, [
    { path: 'fw/list.yml', base, head: `${base}  - 172.105.0.0/16\n  - 172.105.64.0/20\n` },
  ])
  expect(facts).toMatchObject([{ cidr: '172.105.64.0/20', relation: 'inside', other: '172.105.0.0/16', where: 'list' }])
})

test('subnets of different networks may be the same', async () => {
  const subnet = (name: string, vpc: string): string =>
    `resource "aws_subnet" "${name}" {\n  vpc_id = aws_vpc.${vpc}.id\n  cidr_block = "10.0.0.0/24"\n}\n`
  const [a, b] = [subnet('a', 'one'), subnet('b', 'two')]
  expect((await factsOf(networkKind, [{ path: 'net.tf', base: a, head: a + b }])).facts).toEqual([])
})

test('ranges of other files are found, and those of tests are not', async () => {
  const change = {
    path: 'edge/blocked.yml',
    base: 'blocked_v4: [192.0.2.0/24]\n',
    head: 'blocked_v4: [192.0.2.0/24, 10.2.0.0/16]\n',
  }
  const vpc = 'resource "aws_vpc" "main" {\n  cidr_block = "10.2.0.0/16"\n}\n'
  expect((await factsOf(networkKind, [change], { 'terraform/vpc.tf': vpc })).facts).toMatchObject([
    { use: 'deny', otherUse: 'network', otherPath: 'terraform/vpc.tf', otherLine: 2, where: 'repository' },
  ])
  expect((await factsOf(networkKind, [change], { 'test/fixtures/vpc.tf': vpc })).facts).toEqual([])
})

test.each(hostile)('survives hostile input %#', async text => {
  for (const path of ['blocklist.txt', 'net.yml', 'a.tf'])
    expect((await factsOf(networkKind, [{ path, head: `${text}\n# 10.0.0.0/8\n` }])).notAnalysed).toEqual([])
})
