import { expect, test } from 'vitest'
import { metricsOf, subjectsOf, viewOf } from '../../../src/facts/alert/promql.ts'

test.each([
  ['node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.5', 0.5],
  ['1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.4', 0.4],
  ['100 * (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes) > 85', 0.85],
  ['predict_linear(node_filesystem_avail_bytes[6h], 86400) < 0', undefined],
  ['node_filesystem_avail_bytes < 1e9', undefined],
  ['http_requests_total > 50', undefined],
])('%s fires from a share of %s', (expr, share) => {
  expect(viewOf(expr).usedShare).toEqual(share === undefined ? undefined : expect.closeTo(share, 5))
})

test.each([
  ['up == 0', true],
  ['sum(up) == 0', false],
  ['sum by (job) (up) == 0', false],
  ['sum by (instance) (up) == 0', true],
  ['absent(up{job="a"})', false],
])('%s is per instance: %s', (expr, expected) => {
  expect(viewOf(expr).perInstance).toBe(expected)
})

test('matchers in selectors are no comparisons', () => {
  expect(viewOf('rate(x_total{code=~"5..", job!="a"}[5m])')).toMatchObject({ compares: false, neverEmpty: true })
})

test('metrics and what they are about', () => {
  const expr = 'sum by (job_name) (rate(http_requests_total{job="api", code="500"}[5m])) > 3'
  expect(metricsOf(expr)).toEqual(['http_requests_total'])
  expect(subjectsOf(expr)).toEqual(['api'])
})
