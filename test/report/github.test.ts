import { describe, expect, test } from 'vitest'
import { github } from '../../src/report/github.ts'
import { finding, hostile, options, report } from './sample.ts'

const lines = (text: string) => text.split('\n').filter(line => line !== '')
const many = (count: number, level: 'error' | 'warning' | 'notice') =>
  Array.from({ length: count }, (_, at) => finding({ level, line: at + 1, endLine: at + 1 }))

describe('annotations', () => {
  test('have the properties that the runner reads', () => {
    const [line = ''] = lines(github(report([finding()]), options()))
    expect(line).toMatch(
      /^::error file=db\/migrate\/20260101_add_index\.rb,line=3,endLine=3,col=2,endColumn=50,title=Building an index blocks writes \[migration\/index-blocks-writes\]::Building this index holds/,
    )
    expect(line).toContain('%0A%0ASafer: Build it concurrently')
  })

  test('have no columns over several lines', () => {
    expect(github(report([finding({ line: 2, endLine: 4 })]), options())).toContain('line=2,endLine=4,title')
  })

  test('of a removal stand at the head line where it used to be', () => {
    expect(github(report([finding({ side: 'base', line: 40, endLine: 44, headLine: 12 })]), options())).toContain(
      '.rb,line=12,title',
    )
    expect(github(report([finding({ side: 'base', line: 40, endLine: 44 })]), options())).toContain('.rb,line=1,title')
  })

  test('are at most ten of each level, the rest in one pointer', () => {
    const out = lines(github(report([...many(12, 'error'), ...many(3, 'warning'), ...many(10, 'notice')]), options()))
    expect(out.filter(line => line.startsWith('::error'))).toHaveLength(10)
    expect(out.filter(line => line.startsWith('::warning'))).toHaveLength(3)
    expect(out.filter(line => line.startsWith('::notice'))).toHaveLength(10)
    expect(out.at(-1)).toMatch(/^::notice title=premortem%3A more findings::3 more findings are not drawn here/)
  })

  test('need no pointer when ten of each fit', () => {
    const out = lines(github(report([...many(10, 'error'), ...many(10, 'notice')]), options()))
    expect(out).toHaveLength(20)
    expect(out.join()).not.toContain('more findings')
  })

  test('leave room for what was not analysed', () => {
    const out = lines(
      github(report(many(10, 'notice'), { notAnalysed: [{ path: 'a,b.yml', reason: 'larger than 5 MB' }] }), options()),
    )
    expect(out).toHaveLength(10)
    expect(out).toContain('::notice title=premortem%3A 1 file not analysed::a,b.yml: larger than 5 MB')
    expect(out.at(-1)).toContain('2 more findings are not drawn here')
  })

  test('are no longer than the runner takes', () => {
    const [line = ''] = lines(github(report([finding({ message: 'é😀%'.repeat(3000) })]), options()))
    const message = decodeURIComponent(line.slice(line.indexOf('::', 2) + 2))
    expect(message.length).toBeLessThanOrEqual(4096)
    expect(message.endsWith('…')).toBe(true)
  })

  test('let no text give commands to the runner', () => {
    const bad = finding({ path: hostile, message: hostile, why: hostile, fix: hostile, docs: hostile })
    const out = github(report([bad], { notAnalysed: [{ path: hostile, reason: hostile }] }), options())
    expect(lines(out)).toHaveLength(2)
    for (const line of lines(out)) {
      expect(line).toMatch(/^::(error|notice) [^\n\r]*$/)
      expect(line).not.toMatch(/[\x00-\x1f]/)
      // Nothing of the path can end the properties or begin another one.
      const properties = line.slice(0, line.indexOf('::', 2))
      expect(
        properties
          .split(',')
          .every(part => /^(::error |::notice )?(file|line|endLine|col|endColumn|title)=/.test(part)),
      ).toBe(true)
    }
  })
})
