import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeInMemory, type MemoryFile } from '../src/change/memory.ts'
import { check } from '../src/check.ts'
import { loadConfig } from '../src/config/load.ts'
import { factKinds } from '../src/facts/index.ts'
import { ruleFilesIn } from '../src/rule/folder.ts'
import { readRules } from '../src/rule/load.ts'

const rules = readRules(ruleFilesIn('rules'), factKinds)
const config = await loadConfig(async () => undefined)
const now = new Date('2026-11-17T10:05:00Z')

/** One file of every rule's first flagged example: each kind of file that premortem reads is among them. */
const corpus: readonly MemoryFile[] = rules.flatMap(rule => {
  const example = rule.examples.flagged[0]
  const files = example?.files ?? (example?.path === undefined ? [] : [{ ...example, path: example.path }])
  return files.slice(0, 1).map(({ path, base, head }) => ({
    path,
    ...(base === undefined ? {} : { base }),
    ...(head === undefined ? {} : { head }),
  }))
})

/** What the whole spine makes of a file: problems are rules or extractors that threw. */
async function problemsWith(file: MemoryFile): Promise<readonly string[]> {
  const { report } = await check({ change: changeInMemory({ files: [file] }), config, rules, now })
  return report.problems.map(problem => problem.message).filter(message => message.includes('failed'))
}

test('files that were cut off, spliced or strewn with junk never stop a rule or an extractor', async () => {
  const mutation = fc.record({
    file: fc.constantFrom(...corpus),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(60),
    junk: fc.oneof(
      fc.constant(''),
      fc.string(),
      fc.constantFrom(
        '\0',
        '\uFEFF',
        '{{',
        '"',
        "'",
        '`',
        '*',
        '\t',
        '\r\n',
        '((((',
        '<<EOF',
        '\ud800',
        '---\n',
        '%{',
        '#{',
      ),
    ),
  })
  await fc.assert(
    fc.asyncProperty(mutation, async ({ file, at, cut, junk }) => {
      const text = file.head ?? ''
      const start = Math.floor(text.length * at)
      expect(await problemsWith({ ...file, head: text.slice(0, start) + junk + text.slice(start + cut) })).toEqual([])
    }),
    { numRuns: 400 },
  )
}, 240_000)

describe('shapes that break parsers', () => {
  const endings = ['sql', 'rb', 'py', 'js', 'ts', 'tsx', 'sh', 'yml', 'json', 'toml', 'tf', 'env', 'conf']
  const shapes: Readonly<Record<string, string>> = {
    empty: '',
    'a single newline': '\n',
    'binary junk': Array.from({ length: 2000 }, (_, i) => String.fromCharCode((i * 7919) % 256 || 1)).join(''),
    'deep brackets': '['.repeat(3000),
    'deep parentheses': `select ${'('.repeat(3000)}`,
    'deep indentation': Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    'one long line': `a: ${'x '.repeat(100_000)}`,
    'an alias bomb': `a: &a [x,x,x]\n${Array.from({ length: 12 }, (_, i) => `k${i}: &k${i} [*${i === 0 ? 'a' : `k${i - 1}`},*${i === 0 ? 'a' : `k${i - 1}`}]`).join('\n')}`,
    'many documents': '---\na: 1\n'.repeat(3000),
    'unclosed everything': '"\'`{[(<<~SQL\n',
    'lone surrogates': 'a: \ud800\udc00\ud800\n',
    'carriage returns only': 'a: 1\rb: 2\rc: 3\r',
  }
  test.each(Object.entries(shapes))(
    '%s',
    async (_, text) => {
      for (const ending of endings)
        for (const path of [
          `db/migrate/20260101000000_x.${ending}`,
          `config/production/x.${ending}`,
          `.github/workflows/x.${ending}`,
        ])
          expect(await problemsWith({ path, base: 'a: 1\n', head: text })).toEqual([])
    },
    120_000,
  )
})
