import { describe, expect, test } from 'vitest'
import { problemOfQuery } from '../../../src/facts/alert/query.ts'

const taken = [
  'up == 0',
  'sum by (job) (rate(a_total[5m])) / on (job) group_left b > 0.5 and foo',
  '{"foo.bar", a="b"} > 1',
  'foo offset 5m @ start()',
  'quantile_over_time(0.9, foo[1h:5m])',
  'rate((foo[5m]))',
  'avg_over_time((foo)[5m:])',
  'rate(foo[5m] offset 1h) > 1',
  'max_over_time(rate(foo[1m])[5m:30s]) > 1',
  'foo\n  # a comment\n > 1',
  'foo > bool 1 or on () vector(0)',
  'histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))',
  'absent(up{job="x"})',
]
test.each(taken)('takes %j', query => {
  expect(problemOfQuery(query)).toBeUndefined()
})

const others = [
  '{app="x"} |= "error"',
  'sum(rate({app="x"} | json | level="error" [5m]))',
  'rate(foo[$__rate_interval])',
  'foo > {{ .Values.limit }}',
  'median_over_time(foo[5m])',
  'foo keep_metric_names',
]
test.each(others)('leaves another language alone: %j', query => {
  expect(problemOfQuery(query)).toBeUndefined()
})

describe('refuses', () => {
  test.each([
    ['sum(rate(foo[5min])) > 1', '5min'],
    ['rate(foo) > 1', 'rate(foo)'],
    ['rte(foo[5m]) > 1', 'rte'],
    ['foo[5m] > 1', 'foo[5m]'],
    ['sum(foo[5m])', 'foo[5m]'],
    ['foo{a=b} > 1', 'b'],
    ['foo && bar', '&&'],
    ['rate(foo[5m) > 1', '['],
    ['sum(foo', 'o'],
    ['foo => 3', '='],
  ])('%j at %j', (query, part) => {
    const problem = problemOfQuery(query)
    expect(problem && query.slice(problem.from, problem.to)).toBe(part)
    expect(problem?.why).not.toBe('')
  })
})
