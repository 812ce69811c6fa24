import { expect, test } from 'vitest'
import { numbersOf, stepOf } from '../../../src/facts/version/numbers.ts'
import { roleOfComponent } from '../../../src/facts/version/roles.ts'

test.each([
  ['v1.2.3', [1, 2, 3]],
  ['14-alpine', [14]],
  ['~> 5.0', [5, 0]],
  ['POSTGRES_14', [14]],
  ['8.0.mysql_aurora.3.04.0', [8, 0]],
  ['latest', undefined],
  ['0486d25810b72dada323cd64f20657f1e42ca119', undefined],
])('the numbers of %j', (text, expected) => {
  expect(numbersOf(text)).toEqual(expected)
})

test.each([
  ['14.9', '16.1', { step: 'major', parts: 2 }],
  ['0.16.1', '0.17.0', { step: 'major', parts: 1 }],
  ['0.16.1', '1.0.0', { step: 'major', parts: 1 }],
  ['1.28', '1.30', { step: 'minor', parts: 2 }],
  ['7.1', '6.2', { step: 'major', parts: -1 }],
  ['1.2.3', '1.2.4', { step: 'patch', parts: 1 }],
  ['14', '14.2', undefined],
  ['2023.10.1', '2024.1.0', undefined],
  ['v2.0.5', '0486d25810b72dada323cd64f20657f1e42ca119', undefined],
])('from %j to %j', (base, head, expected) => {
  expect(stepOf(base, head)).toEqual(expected)
})

test.each([
  ['postgres', 'database'],
  ['docker.io/bitnami/postgresql', 'database'],
  ['prometheuscommunity/postgres-exporter', 'other'],
  ['ingress-nginx', 'ingress'],
  ['registry.k8s.io/ingress-nginx/controller', 'ingress'],
  ['ghcr.io/acme/web', 'other'],
])('what %j does', (name, role) => {
  expect(roleOfComponent(name)).toBe(role)
})
