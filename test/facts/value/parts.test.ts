import { describe, expect, test } from 'vitest'
import { sizeRatioOf } from '../../../src/facts/value/instance-size.ts'
import { placeMatches } from '../../../src/facts/value/place.ts'
import { comparable, quantityOf } from '../../../src/facts/value/quantity.ts'

const span = { line: 1, column: 1, endLine: 1, endColumn: 2 }

describe('places', () => {
  const place = { kind: 'k8s/Deployment', shape: 'spec.template.spec.containers.*.readinessProbe' }
  test.each([
    ['k8s/Deployment', 'spec.template.spec.containers.*.readinessProbe', true],
    ['k8s/*', '**.readinessProbe', true],
    ['*', '**', true],
    ['k8s/*', '**.*Probe', true],
    ['k8s/*', 'spec.**.containers.*.readinessProbe', true],
    ['k8s/*', '**.containers.readinessProbe', false],
    ['k8s/StatefulSet', '**', false],
    ['k8s', '**', false],
    ['k8s/*', '', false],
    ['k8s/*', 'spec.template', false],
    ['k8s/*', '**.template', false],
  ])('%s %s', (kind, path, expected) => {
    expect(placeMatches(place, { kind, path })).toBe(expected)
  })

  test('the object itself has the empty path', () => {
    expect(placeMatches({ kind: 'k8s/Service', shape: '' }, { kind: 'k8s/Service', path: '' })).toBe(true)
    expect(placeMatches({ kind: 'k8s/Service', shape: '' }, { kind: 'k8s/Service', path: '**' })).toBe(true)
    expect(placeMatches({ kind: 'k8s/Service', shape: 'spec' }, { kind: 'k8s/Service', path: '' })).toBe(false)
  })

  test('characters of regular expressions stand for themselves', () => {
    expect(placeMatches({ kind: 'yaml', shape: 'a+b.(c' }, { kind: 'yaml', path: 'a+b.(c' })).toBe(true)
    expect(placeMatches({ kind: 'yaml', shape: 'aab' }, { kind: 'yaml', path: 'a+b' })).toBe(false)
  })
})

describe('quantities', () => {
  test.each([
    ['500m', 'resources.requests.cpu', 0.5, 'cores'],
    ['2Gi', 'memory', 2147483648, 'bytes'],
    ['512m', 'mem_limit', 512e6, 'bytes'],
    ['512M', 'x', 512e6, 'bytes'],
    ['30s', 'timeout', 30, 'seconds'],
    ['5m', 'timeout', 300, 'seconds'],
    ['1h30m', 'timeout', 5400, 'seconds'],
    ['250ms', 'timeout', 0.25, 'seconds'],
    ['25%', 'maxUnavailable', 25, 'percent'],
    ['1_000', 'limit', 1000, 'none'],
  ])('%s of %s', (text, key, number, unit) => {
    expect(quantityOf({ type: 'scalar', span, value: text, text }, key)).toEqual({ number, unit })
  })

  test.each(['', 'abc', '1.2.3', 'v1', '10.0.0.1', '2026-01-01', '1e', '-', '1 2'])('%s is no quantity', text => {
    expect(quantityOf({ type: 'scalar', span, value: text, text }, 'x')).toBeUndefined()
  })

  test('a bare number compares with bytes but not with a time', () => {
    expect(comparable({ number: 1, unit: 'none' }, { number: 1, unit: 'bytes' })).toBe(true)
    expect(comparable({ number: 1, unit: 'none' }, { number: 1, unit: 'seconds' })).toBe(false)
    expect(comparable({ number: 1, unit: 'percent' }, { number: 1, unit: 'none' })).toBe(false)
  })
})

describe('machine sizes', () => {
  test.each([
    ['db.r3.8xlarge', 'db.r3.2xlarge', 0.25],
    ['m6i.4xlarge', 'm6i.xlarge', 0.25],
    ['cache.t3.medium', 'cache.t3.small', 0.5],
    ['db.r5.4xlarge', 'db.r6g.4xlarge', 1],
    ['n2-standard-8', 'n2-standard-2', 0.25],
    ['db-custom-16-61440', 'db-custom-4-15360', 0.25],
    ['Standard_D8s_v3', 'Standard_D4s_v5', 0.5],
    ['GP_Gen5_8', 'GP_Gen5_2', 0.25],
    ['performance-4x', 'performance-2x', 0.5],
  ])('%s to %s', (base, head, ratio) => {
    expect(sizeRatioOf(base, head)).toBe(ratio)
  })

  test.each([
    ['db.r3.8xlarge', 'n2-standard-8'],
    ['large', 'small'],
    ['ruby-3.2', 'ruby-3.1'],
    ['a'.repeat(100), 'b'],
  ])('%s and %s do not compare', (base, head) => {
    expect(sizeRatioOf(base, head)).toBeUndefined()
  })
})
