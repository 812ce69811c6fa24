import { expect, test } from 'vitest'
import { pinKind } from '../../../src/facts/pin/index.ts'
import { factsIn } from '../alert/read.ts'

test.each([
  ['FROM registry:5000/app:1.2', 'FROM registry:5000/app', true],
  ['FROM node:22', 'FROM node@sha256:abc', false],
  ['FROM node:22 AS build', 'FROM node:22 AS build\nFROM build', false],
  ['FROM node:22', 'FROM node:24', false],
  ['FROM node:lts', 'FROM node:latest', false],
])('%s to %s loses the pin: %s', async (base, head, lost) => {
  const { facts } = await factsIn(pinKind, [{ path: 'Dockerfile', base: `${base}\n`, head: `${head}\n` }])
  expect(facts.some(fact => 'basePinned' in fact && fact.basePinned)).toBe(lost)
})

test.each(['', 'FROM', 'FROM @@', 'image: [', 'image: {a: b}', 'uses: @', '\u0000', `image: ${'a:'.repeat(5000)}`])(
  'survives %j',
  async text => {
    for (const path of ['Dockerfile', 'k8s/a.yaml', 'a.tf', '.github/workflows/a.yml', 'package.json', 'a.sh'])
      expect((await factsIn(pinKind, [{ path, base: 'image: a:1\n', head: text }])).notAnalysed).toEqual([])
  },
)
