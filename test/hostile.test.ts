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
  const endings = [
    'sql',
    'rb',
    'py',
    'js',
    'ts',
    'tsx',
    'sh',
    'yml',
    'json',
    'toml',
    'tf',
    'env',
    'conf',
    'php',
    'exs',
    'cs',
    'rs',
    'go',
    'xml',
  ]
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

// Quadratic work would take minutes here, and run into the limit of the test.
describe('the same thing thousands of times', () => {
  const times = (text: string, length: number): string => text.repeat(Math.ceil(length / text.length))
  const django = "from django.db import migrations, models\ndef f(apps, s):\n    A = apps.get_model('app', 'A')\n"
  const laravel =
    '<?php\nuse Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Support\\Facades\\Schema;\nreturn new class extends Migration { public function up() {\n'
  test.each([
    ['src/Migrations/x.cs', times('class A : Migration ', 900_000)],
    ['db/migrations/x.rb', times('\n', 900_000)],
    [
      'migrations/1_loops.up.sql',
      `DO $$ BEGIN ${times('FOR r IN SELECT * FROM a LOOP UPDATE b SET c = r.c WHERE id = r.id; END LOOP; ', 900_000)} END $$;`,
    ],
    [
      'migrations/1_copies.up.sql',
      times('ALTER TABLE a ADD b int; UPDATE a SET b = c; ALTER TABLE a DROP c;\n', 900_000),
    ],
    [
      'migrations/1_views.up.sql',
      times('CREATE VIEW v AS SELECT a, b FROM t;\nDROP VIEW v;\nDROP FUNCTION f(int);\n', 900_000),
    ],
    ['migrations/1_back.down.sql', times('ALTER TABLE a DROP COLUMN b;\n', 3_000_000)],
    ['migrations/2_yoyo.py', `from yoyo import step\n${times('step("ALTER TABLE a ADD b int", "")\n', 240_000)}`],
    [
      'app/migrations/0002_managers.py',
      `${django}${times('    A.extra.filter(x=1).delete()\n', 200_000)}class Migration(migrations.Migration):\n    operations = [migrations.RunPython(f)]\n`,
    ],
    [
      'database/migrations/2026_01_01_000000_chunks.php',
      `${laravel}${times("User::whereNull('x')->chunk(9, function ($us) { foreach ($us as $u) { $u->update(['x' => 1]); } });\n", 240_000)}} };\n`,
    ],
  ])(
    '%s',
    async (path, head) => {
      expect(await problemsWith({ path, head })).toEqual([])
    },
    30_000,
  )

  // Every line of a long file is another one: each removed line against each new one would take minutes.
  test.each([
    ['worker/run.go', 'func f(a *T) error {\n\tmu.Lock()\n\tdefer mu.Unlock()\n}\n', 'mu', 'mx'],
    ['app/run.rb', 'class A\n  def f(x)\n    rows.each { |r| r.save! }\n  end\nend\n', 'rows', 'lines'],
    ['app/run.py', 'def f(a):\n    for r in rows:\n        send_mail(r)\n', 'rows', 'lines'],
  ])(
    'edited: %s',
    async (path, unit, from, to) => {
      const base = times(unit, 240_000)
      expect(await problemsWith({ path, base, head: base.replaceAll(from, to) })).toEqual([])
    },
    20_000,
  )
})
