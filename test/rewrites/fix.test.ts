import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadArtifacts } from '../../src/artifact/load.ts'
import type { Artifact } from '../../src/artifact/types.ts'
import { changeInMemory } from '../../src/change/memory.ts'
import { applyRewrites } from '../../src/commands/fix.ts'
import { loadConfig } from '../../src/config/load.ts'
import { findingsIn } from './apply.ts'

const root = mkdtempSync(join(tmpdir(), 'premortem-fix-'))
mkdirSync(join(root, 'config'))
afterAll(() => rmSync(root, { recursive: true }))

async function checked(
  path: string,
  head: string,
): Promise<{ artifacts: readonly Artifact[]; findings: Awaited<ReturnType<typeof findingsIn>> }> {
  const files = [{ path, head }]
  const { artifacts } = await loadArtifacts(changeInMemory({ files }), await loadConfig(async () => undefined))
  return { artifacts, findings: await findingsIn(files) }
}

describe('--fix', () => {
  const schedule = 'a: { cron: "* 8 * * 1", class: A }\nb: { cron: "* 9 * * 1", class: B }\n'

  test('writes what is complete by itself, all of a file at once', async () => {
    const { artifacts, findings } = await checked('config/schedule.yml', schedule)
    writeFileSync(join(root, 'config/schedule.yml'), schedule)
    expect(applyRewrites(findings, artifacts, root)).toEqual({ made: 2, files: ['config/schedule.yml'], left: [] })
    expect(readFileSync(join(root, 'config/schedule.yml'), 'utf8')).toBe(
      'a: { cron: "0 8 * * 1", class: A }\nb: { cron: "0 9 * * 1", class: B }\n',
    )
  })

  test('makes an edit that two findings share only once', async () => {
    const path = '20240501101010_index.rb'
    const head =
      'class X < ActiveRecord::Migration[7.1]\n  def change\n    add_index :a, :b\n    add_index :c, :d\n  end\nend\n'
    const { artifacts, findings } = await checked(`db/migrate/${path}`, head)
    const placed = artifacts.map(artifact => ({ ...artifact, path }))
    writeFileSync(join(root, path), head)
    const { made } = applyRewrites(
      findings.map(finding => ({ ...finding, path })),
      placed,
      root,
    )
    expect(made).toBe(2)
    expect(readFileSync(join(root, path), 'utf8')).toBe(
      'class X < ActiveRecord::Migration[7.1]\n  disable_ddl_transaction!\n\n  def change\n    add_index :a, :b, algorithm: :concurrently\n    add_index :c, :d, algorithm: :concurrently\n  end\nend\n',
    )
  })

  test('leaves alone what further steps have to follow', async () => {
    const path = 'V1__key.sql'
    const head = 'ALTER TABLE public.a ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES b (id);\n'
    const { artifacts, findings } = await checked(path, head)
    expect(findings.some(finding => finding.rewrite?.complete === false)).toBe(true)
    writeFileSync(join(root, path), head)
    expect(applyRewrites(findings, artifacts, root).made).toBe(0)
    expect(readFileSync(join(root, path), 'utf8')).toBe(head)
  })

  test('leaves alone a file that has changed since, and a link', async () => {
    const { artifacts, findings } = await checked('config/schedule.yml', schedule)
    writeFileSync(join(root, 'config/schedule.yml'), `${schedule}# more\n`)
    expect(applyRewrites(findings, artifacts, root).left).toEqual([
      { path: 'config/schedule.yml', reason: 'it is not what was checked any more' },
    ])
    rmSync(join(root, 'config/schedule.yml'))
    writeFileSync(join(root, 'elsewhere.yml'), schedule)
    symlinkSync(join(root, 'elsewhere.yml'), join(root, 'config/schedule.yml'))
    expect(applyRewrites(findings, artifacts, root).left).toEqual([
      { path: 'config/schedule.yml', reason: 'it is a link' },
    ])
    expect(readFileSync(join(root, 'elsewhere.yml'), 'utf8')).toBe(schedule)
  })
})
