import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

// `npm run new-rule -- area/name [kind of fact]` writes a rule file to fill in.

const [id, on = 'value'] = process.argv.slice(2)

function template(rule: string, kind: string): string {
  return `# yaml-language-server: $schema=../rule.schema.json
id: ${rule}
title: One sentence in the present tense that says what the change does
on: ${kind}            # the fields are in docs/facts.md
when: "false"          # CEL over those fields
level: warning
message: "What the change does here, with names and numbers, and what would happen"
why: |
  What happens in production, in two or three sentences, about the change and the system.
fix: |
  The safe way to reach the same end.
sources:
  - https://example.com/the-page-that-backs-the-claim
examples:
  flagged:
    - path: config/example.yml
      head: |
        replicas: 1
      at: "replicas: 1"
    - path: config/example.yml
      head: |
        replicas: 0
  passed:
    - path: config/example.yml
      head: |
        replicas: 3
      because: as close to the flagged ones as possible
    - path: config/example.yml
      head: |
        name: web
      because: a near miss of another sort
`
}

if (id === undefined || !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(id)) {
  console.error('Usage: npm run new-rule -- area/name [kind of fact]')
  process.exitCode = 2
} else {
  const path = `rules/${id}.yml`
  if (existsSync(path)) {
    console.error(`${path} is there already`)
    process.exitCode = 2
  } else {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, template(id, on))
    console.log(`${path} is ready to fill in. Run its examples with: npx vitest run test/rules.test.ts -t ${id}`)
  }
}
