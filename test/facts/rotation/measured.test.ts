import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Block, readRotations } from '../../../src/facts/rotation/read.ts'

interface Case {
  readonly name: string
  readonly content: string
  readonly errors: readonly string[]
  readonly plan: readonly string[]
}

// What `logrotate -d` 3.21 said to each file.
const cases = readFileSync('test/measured/logrotate.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Case)

/** Which line logrotate complained of; files that are missing on its machine are none of the configuration's faults. */
function complaints({ errors }: Case): readonly number[] {
  return errors.flatMap(error => {
    if (/^note|duplicate log entry|stat of|, skipping$/.test(error)) return []
    return [Number(/x:(\d+)/.exec(error)?.[1] ?? 0)]
  })
}

function linesOf(text: string): readonly number[] {
  const { blocks, refused, misread } = readRotations(text)
  const told = [...blocks.flatMap(block => [block.refused, ...block.misread]), refused, ...misread]
  return told.flatMap(trouble =>
    trouble === undefined || trouble.problem === 'frequency-lost' || trouble.problem === 'keeps-forever'
      ? []
      : // Of a missing endscript logrotate names no line.
        [trouble.problem === 'no-endscript' ? 0 : trouble.line],
  )
}

const often: Readonly<Record<number, string>> = { 1: 'after 1 days', 7: 'weekly' }

/** The plan in logrotate's words; `rotate -1` has none for the count. */
function planOf({ logs, settings: { days, size, rotate = 0 } }: Block): string {
  const when = days === undefined ? `${size ?? 1024 ** 2} bytes` : often[days]
  const kept = rotate > 0 ? `(${rotate} rotations)` : rotate === 0 ? '(no old logs will be kept)' : ''
  return `rotating pattern: ${logs.join(' ')}  ${when} ${kept}`.trim()
}

test.each(cases)('complains of the same lines: $name', one => {
  expect(linesOf(one.content)).toEqual(complaints(one))
})

test.each(cases)('rotates the same logs in the same way: $name', one => {
  const { blocks, refused } = readRotations(one.content)
  const plan = refused ? [] : blocks.filter(block => block.refused === undefined).map(planOf)
  expect(plan).toEqual(one.plan.map(line => line.replace(' empty log files are rotated, old logs are removed', '')))
})

test.each(cases.filter(({ errors }) => errors.some(error => error.startsWith('note'))))(
  'notices what overrides what: $name',
  one => {
    const [block] = readRotations(one.content).blocks
    expect(block?.misread.map(({ problem }) => problem)).toEqual(['frequency-lost'])
  },
)
