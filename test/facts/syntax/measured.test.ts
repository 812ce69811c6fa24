import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { syntaxOf } from './read.ts'

interface Case {
  readonly name: string
  readonly content: string
  readonly ruby_ok: boolean
  readonly goyaml_ok: boolean
}

// What libyaml (by Ruby) and go-yaml said to each text, measured on the real parsers.
const cases = readFileSync('test/measured/yaml.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Case)

/** Template engines replace these before YAML is read: left alone on purpose. */
const templates = new Set(['helm flow with dash', 'helm inline tail', 'jinja block', 'erb block', 'erb block indented'])

async function count(content: string): Promise<number> {
  const { facts } = await syntaxOf([{ path: 'deploy/app.yml', head: content }])
  // What is read as something else than is written is still read.
  return facts.filter(({ problem }) => problem !== 'version-number' && problem !== 'type-changed').length
}

test.each(cases.filter(one => !one.ruby_ok && !one.goyaml_ok && !templates.has(one.name)))(
  'both refuse, so does premortem, once: $name',
  async ({ content }) => expect(await count(content)).toBe(1),
)

test.each(cases.filter(one => one.ruby_ok && one.goyaml_ok))(
  'both accept, so does premortem: $name',
  async ({ content }) => expect(await count(content)).toBe(0),
)

test.each(cases.filter(one => templates.has(one.name)))('a template is left alone: $name', async ({ content }) =>
  expect(await count(content)).toBe(0),
)
