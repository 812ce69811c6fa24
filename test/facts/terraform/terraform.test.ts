import { expect, test } from 'vitest'
import { terraformKind } from '../../../src/facts/terraform/index.ts'
import { factsOf, hostile } from '../read.ts'

const bucket = (name: string, more = ''): string =>
  `resource "aws_s3_bucket" "${name}" {\n  bucket = "shop-logs"\n  tags = local.tags\n${more}}\n`

test('a rename within a folder, also from file to file', async () => {
  const { facts } = await factsOf(terraformKind, [
    { path: 'infra/a.tf', base: bucket('logs'), head: '# gone\n' },
    { path: 'infra/b.tf', head: bucket('archive') },
  ])
  expect(facts).toMatchObject([
    {
      change: 'renamed',
      path: 'infra/b.tf',
      from: 'aws_s3_bucket.logs',
      to: 'aws_s3_bucket.archive',
      loses: 'data',
      certain: true,
    },
  ])
})

test('another folder is another state: nothing is said', async () => {
  const { facts } = await factsOf(terraformKind, [
    { path: 'a/main.tf', base: bucket('logs'), head: '# gone\n' },
    { path: 'b/main.tf', head: bucket('archive') },
  ])
  expect(facts).toEqual([])
})

test('an import takes over what was there', async () => {
  const head = `import {\n  to = aws_s3_bucket.archive\n  id = "shop-logs"\n}\n${bucket('archive')}`
  expect((await factsOf(terraformKind, [{ path: 'a.tf', base: bucket('logs'), head }])).facts).toEqual([])
})

test('equal attributes under another name outside are two things', async () => {
  const head = bucket('archive').replace('shop-logs', 'shop-archive')
  expect((await factsOf(terraformKind, [{ path: 'a.tf', base: bucket('logs'), head }])).facts).toEqual([])
})

test('a file with errors on either side gives nothing', async () => {
  expect(
    (await factsOf(terraformKind, [{ path: 'a.tf', base: bucket('logs'), head: 'resource "a" {' }])).facts,
  ).toEqual([])
})

test.each(hostile)('survives hostile input %#', async text => {
  const good = bucket('a')
  for (const file of [
    { path: 'a.tf', base: good, head: text },
    { path: 'a.tf', base: text, head: good },
  ])
    expect((await factsOf(terraformKind, [file])).notAnalysed).toEqual([])
})
