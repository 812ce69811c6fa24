import { expect, test } from 'vitest'
import { rotationKind } from '../../../src/facts/rotation/index.ts'
import { factsOf, hostile } from '../read.ts'

const block = (log: string, more = 'daily\n  rotate 7') => `${log} {\n  ${more}\n}\n`

test('a block inside a here-document, a playbook or a ConfigMap points at its own line', async () => {
  const playbook = `- name: rotate\n  copy:\n    dest: /etc/logrotate.d/app\n    content: |\n      /var/log/app.log {\n        rotate 3\n        size 5m\n      }\n`
  const script = `#!/bin/sh\ncat > /etc/logrotate.d/app <<'EOF'\n/var/log/app.log {\n  rotate 3\n  size 5m\n}\nEOF\necho /x {\n`
  for (const [path, head, line] of [
    ['roles/app/tasks/main.yml', playbook, 7],
    ['setup.sh', script, 5],
  ] as const) {
    const { facts } = await factsOf(rotationKind, [{ path, head }])
    expect(facts).toMatchObject([{ form: 'refused', problem: 'unknown-unit', span: { line } }])
  }
})

test('says how the line should read', async () => {
  const head = block('/var/log/a.log', 'size 10MB\n  rotate 3 # three\n  dayly')
  const { facts } = await factsOf(rotationKind, [{ path: 'etc/logrotate.d/a', head }])
  // The first mistake is what logrotate stops at.
  expect(facts).toMatchObject([{ quickFix: 'size 10M' }])
})

test('a block moved to another file is not gone, one that only changes its options is not either', async () => {
  const moved = await factsOf(rotationKind, [
    { path: 'logrotate.d/a', base: block('/var/log/a.log') },
    { path: 'logrotate.d/b', head: block('/var/log/a.log') },
  ])
  expect(moved.facts).toEqual([])
  const altered = await factsOf(rotationKind, [
    { path: 'logrotate.d/a', base: block('/var/log/a.log'), head: block('/var/log/a.log', 'daily\n  rotate 5') },
  ])
  expect(altered.facts).toEqual([])
})

test('ends on whatever it is given', async () => {
  for (const head of [...hostile, '/a {'.repeat(2000), 'postrotate\n'.repeat(2000), '"'.repeat(5000)]) {
    const { facts } = await factsOf(rotationKind, [{ path: 'logrotate.d/a', base: block('/var/log/a.log'), head }])
    expect(facts.length).toBeLessThan(200)
  }
})
