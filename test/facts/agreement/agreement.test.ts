import { expect, test } from 'vitest'
import { agreementKind } from '../../../src/facts/agreement/index.ts'
import { factsOf } from '../read.ts'

const compose = (service: string) => `services:\n  ${service}:\n    image: acme/web:1\n`

test('names that mean something in a regular expression are taken literally', async () => {
  const odd = JSON.stringify('a[(b.c')
  const { facts } = await factsOf(agreementKind, [
    { path: 'docker-compose.yml', base: compose(odd), head: compose('other') },
    { path: 'deploy/web.env', head: 'A_URL=http://a[(b.c:8080/\n' },
  ])
  expect(facts).toMatchObject([{ what: 'service', baseValue: 'a[(b.c', places: ['deploy/web.env:1'] }])
})

test('a dot in a name is no other letter', async () => {
  const { facts } = await factsOf(agreementKind, [
    { path: 'docker-compose.yml', base: compose('web.blue'), head: compose('web.green') },
    { path: 'deploy/web.env', head: 'A_URL=http://webxblue:8080/\n' },
  ])
  expect(facts).toEqual([])
})

test('folders with brackets in their names', async () => {
  const { facts, notAnalysed } = await factsOf(agreementKind, [
    { path: 'apps/[tenant/config.yaml', base: 'port: 9312\n', head: 'port: 9400\n' },
    { path: 'apps/other/routes.yaml', head: "upstream: 'http://[tenant:9312'\n" },
  ])
  expect([facts.length, notAnalysed]).toEqual([1, []])
})

test('in a repository with more configuration than is read nothing is claimed, and that is said', async () => {
  const others = Array.from({ length: 1500 }, (_, i) => ({ path: `conf/${i}.yaml`, head: 'a: 1\n' }))
  const { facts, notAnalysed } = await factsOf(agreementKind, [
    { path: 'docker-compose.yml', base: compose('web'), head: compose('site') },
    ...others,
    { path: 'deploy/web.env', head: 'A_URL=http://web:8080/\n' },
  ])
  expect(facts).toEqual([])
  expect(notAnalysed).toEqual([{ path: 'docker-compose.yml', reason: expect.stringContaining('1,500') }])
})
