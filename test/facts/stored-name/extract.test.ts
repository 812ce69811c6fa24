import { describe, expect, test } from 'vitest'
import type { MemoryFile } from '../../../src/change/memory.ts'
import { storedNameKind } from '../../../src/facts/stored-name/index.ts'
import { factsOf, hostile } from '../read.ts'

const facts = async (files: readonly MemoryFile[], repository: Readonly<Record<string, string>> = {}) =>
  (await factsOf(storedNameKind, files, repository)).facts

describe('names of jobs', () => {
  const job = (name: string): string => `class ${name} < ApplicationJob\n  def perform\n    1\n  end\nend\n`

  test('with their modules', async () => {
    const files = [
      {
        path: 'app/jobs/a_job.rb',
        base: `module Billing\n  ${job('AJob').replaceAll('\n', '\n  ')}\nend\n`,
        head: `module Billing\n  ${job('BJob').replaceAll('\n', '\n  ')}\nend\n`,
      },
    ]
    expect(await facts(files)).toMatchObject([{ stored: 'job', name: 'Billing::AJob', successor: 'Billing::BJob' }])
  })

  test('a schedule that still names it', async () => {
    const files = [{ path: 'app/jobs/a_job.rb', base: job('AJob') }]
    const found = await facts(files, { 'config/schedule.yml': 'a:\n  cron: "* * * * *"\n  class: AJob\n' })
    expect(found).toMatchObject([{ leftAt: ['config/schedule.yml:3'], successor: '' }])
  })

  test('a class that only moves to another file', async () => {
    const files = [
      { path: 'app/jobs/a_job.rb', base: job('AJob') },
      { path: 'app/jobs/other/a_job.rb', head: job('AJob') },
    ]
    expect(await facts(files)).toEqual([])
  })

  test('a class that no queue knows', async () => {
    expect(
      await facts([{ path: 'app/x.rb', base: 'class A\n  def perform\n  end\nend\n', head: 'class B\nend\n' }]),
    ).toEqual([])
  })
})

test('a task that moves and keeps the name it has below the folder of sources', async () => {
  const task = (decorator: string): string =>
    `from celery import shared_task\n\n\n${decorator}\ndef send():\n    pass\n`
  const files = (decorator: string) => [
    {
      path: 'apps/api/shop/mails.py',
      basePath: 'apps/api/shop/tasks.py',
      base: task('@shared_task'),
      head: task(decorator),
    },
  ]
  expect(await facts(files('@shared_task(name="shop.tasks.send")'))).toEqual([])
  const beat = { 'apps/api/settings.py': 'BEAT = {"task": "shop.tasks.send"}\n' }
  expect(await facts(files('@shared_task'), beat)).toMatchObject([{ leftAt: ['apps/api/settings.py:1'] }])
})

describe('members of enumerations', () => {
  test.each([
    [
      'Python',
      'app/kinds.py',
      'class Kind(str, Enum):\n    A = "a"\n    B = "b"\n',
      'class Kind(str, Enum):\n    A = "a"\n',
      { 'app/models.py': 'kind = Column(Enum(Kind))\n' },
      'B',
    ],
    [
      'Java',
      'src/Kind.java',
      'public enum Kind {\n  A,\n  B,\n}\n',
      'public enum Kind {\n  A,\n}\n',
      { 'src/E.java': 'class E {\n  @Enumerated(EnumType.STRING) Kind kind;\n}\n' },
      'B',
    ],
    [
      'Rust',
      'src/kind.rs',
      '#[derive(Deserialize)]\npub enum Kind {\n    A,\n    B,\n}\n',
      '#[derive(Deserialize)]\npub enum Kind {\n    A,\n}\n',
      {},
      'B',
    ],
    [
      'TypeScript',
      'src/kind.ts',
      "export enum Kind {\n  A = 'a',\n  B = 'b',\n}\n",
      "export enum Kind {\n  A = 'a',\n}\n",
      { 'src/e.ts': '@Column({ type: "enum", enum: Kind })\n' },
      'B',
    ],
  ])('%s', async (_name, path, base, head, repository, name) => {
    expect(await facts([{ path, base, head }], repository)).toMatchObject([{ stored: 'enum-value', name }])
  })

  test.each([
    ['B("b", "second (of two)"),', '@Deprecated B("b", "second (of two)"),'],
    ['B("b"),', '@Deprecated(since = "2") B("b"), // rows hold it'],
    ['B,', 'B { int rank() { return 1; } },'],
  ])('of Java stay, whatever stands around them: %s', async (before, after) => {
    const files = [
      {
        path: 'src/Kind.java',
        base: `public enum Kind {\n  A,\n  ${before}\n  C;\n}\n`,
        head: `public enum Kind {\n  A,\n  ${after}\n  D;\n}\n`,
      },
    ]
    const code = { 'src/E.java': 'class E {\n  @Enumerated(EnumType.STRING) Kind kind;\n}\n' }
    // C is gone, and only C.
    expect(await facts(files, code)).toMatchObject([{ name: 'C', successor: 'D' }])
  })

  test('a member that keeps its value under another name', async () => {
    const files = [
      {
        path: 'app/kinds.py',
        base: 'class Kind(str, Enum):\n    A = "a"\n    B = "b"\n',
        head: 'class Kind(str, Enum):\n    A = "a"\n    C = "b"\n',
      },
    ]
    expect(await facts(files, { 'app/models.py': 'kind = Column(Enum(Kind))\n' })).toEqual([])
  })

  test('positions of Rails over several lines', async () => {
    const files = [
      {
        path: 'app/models/a.rb',
        base: 'class A < ApplicationRecord\n  enum status: %i[\n    draft\n    sent\n  ]\nend\n',
        head: 'class A < ApplicationRecord\n  enum status: %i[\n    sent\n    draft\n  ]\nend\n',
      },
    ]
    expect(await facts(files)).toMatchObject([{ stored: 'enum-position', name: 'draft', span: { line: 3 } }])
  })
})

test('a value left out only on the way back', async () => {
  const anew = "ALTER TYPE s RENAME TO s_old;\nCREATE TYPE s AS ENUM ('a');\n"
  const before = { 'migrations/0001_x.sql': "CREATE TYPE s AS ENUM ('a', 'b');\n" }
  const there = `-- +goose Up\n${anew}`
  expect(await facts([{ path: 'migrations/0002_x.sql', head: there }], before)).toMatchObject([{ name: 'b' }])
  const back = `-- +goose Up\nSELECT 1;\n-- +goose Down\n${anew}`
  expect(await facts([{ path: 'migrations/0002_x.sql', head: back }], before)).toEqual([])
})

test.each(hostile)('hostile input %#', async text => {
  for (const path of [
    'app/models/a.rb',
    'app/tasks.py',
    'src/a.ts',
    'src/A.java',
    'src/a.rs',
    'a.go',
    'migrations/0001_x.sql',
  ])
    expect(await facts([{ path, base: 'x\n', head: text }])).toEqual([])
})
