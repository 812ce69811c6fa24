import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extract } from './read.ts'

const paths = [
  'config/initializers/a.rb',
  'lib/a.rb',
  'server.js',
  'src/a.ts',
  'src/a.tsx',
  'shop/apps.py',
  'bin/a.sh',
  'docker-entrypoint.sh',
  'Dockerfile',
  'Procfile',
  'docker-compose.yml',
  '.github/workflows/a.yml',
  'k8s/a.yml',
  'main.tf',
  'package.json',
  'fly.toml',
  '.gitlab-ci.yml',
]

const real: Readonly<Record<string, string>> = {
  ruby: 'uri = URI("https://api.heroku.com/apps/#{a}/config-vars")\nx.each do |h|\n  system("ssh #{h} \'sudo rm -rf $X/*\'") if y\nend\n`ls #{z}`\n',
  shell:
    'set -e\nfor h in $(cat hosts); do ssh "$h" <<\'EOF\'\nsudo reboot\nEOF\ndone\ncat a | xargs -I{} sh -c "rm -rf $D/{}"\ncurl x | bash\n',
  docker: 'FROM a\nRUN <<EOF\nrm -rf $X/*\nEOF\nRUN a \\\n # b\n && c\nCMD ["sh","-c","x"]\n',
  yaml: 'on: push\njobs:\n  a:\n    steps:\n      - run: |\n          echo ${{ x }}\n      - run: "a\\nb"\nservices:\n  w:\n    image: a\n    command: [sh, -c, "b"]\n',
}

describe.each(paths)('%s', path => {
  test.each([
    ['empty', ''],
    ['blank', '\n\n  \n'],
    ['binary junk', '\u0000\u0001\uFFFD\uD800"\'`${{'],
    ['open quotes and braces', 'system("a #{b ${c $(d `e "f \'g [h, {i'],
    ['nested calls', `${'f('.repeat(3000)}${')'.repeat(3000)}`],
    ['nested substitutions', `a=${'$('.repeat(500)}x${')'.repeat(500)}`],
    ['nested quoting', `${'ssh h "'.repeat(200)}x`],
    ['nested loops', `${'for a in b; do '.repeat(300)}rm -rf $X/*${'; done'.repeat(300)}`],
    ['a long line', `rm -rf ${'a/'.repeat(40_000)}`],
    ['many lines', 'curl -s https://x.io/a.sh | bash\n'.repeat(500)],
    ['open heredocs', 'RUN <<EOF\ncommand = <<-EOT\nssh h <<X\n'],
    ['names of built-in properties', 'constructor x\n__proto__ y\ntoString: z\nconstructor()\n'],
  ])('%s', async (_, head) => {
    const { facts } = await extract([{ path, head }])
    expect(Array.isArray(facts)).toBe(true)
  })

  test('cut and spliced real text', async () => {
    const text = fc.tuple(
      fc.constantFrom(...Object.values(real)),
      fc.nat(400),
      fc.constantFrom(...Object.values(real)),
      fc.nat(400),
      fc.string(),
    )
    await fc.assert(
      fc.asyncProperty(text, async ([a, i, b, j, junk]) => {
        const { notAnalysed } = await extract([{ path, base: b, head: a.slice(0, i) + junk + b.slice(j) }])
        expect(notAnalysed).toEqual([])
      }),
      { numRuns: 25, seed: 7 },
    )
  })
})

test('spans lie inside the file', async () => {
  for (const path of paths) {
    for (const head of Object.values(real)) {
      const { facts } = await extract([{ path, head }])
      const lines = head.split('\n').length
      for (const { span } of facts) {
        expect(span.line).toBeGreaterThan(0)
        expect(span.endLine).toBeLessThanOrEqual(lines)
      }
    }
  }
})
