import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeFromGit } from '../../src/change/from-git.ts'
import { type BlobReader, openBlobs, openRepository } from '../../src/change/git.ts'

let folder = ''
let blobs: BlobReader

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', ...args], {
    cwd: folder,
    encoding: 'utf8',
  })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'premortem-once-'))
  git('init', '-q', '-b', 'main')
  writeFileSync(join(folder, 'kept.txt'), 'kept\n')
  writeFileSync(join(folder, 'edited.txt'), 'before\n')
  writeFileSync(join(folder, 'gone.txt'), 'gone\n')
  git('add', '-A')
  git('commit', '-q', '-m', 'base')
  writeFileSync(join(folder, 'edited.txt'), 'after\n')
  rmSync(join(folder, 'gone.txt'))
  writeFileSync(join(folder, 'new.txt'), 'new\n')
  git('add', '-A')
  git('commit', '-q', '-m', 'head')
  blobs = openBlobs(folder)
})

afterAll(() => {
  blobs.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a tree gives changed files as they were on its own side, and each is read from git once', async () => {
  const asked: string[] = []
  const counted: BlobReader = {
    read: (name, limit) => {
      asked.push(name)
      return blobs.read(name, limit)
    },
    close: () => {},
  }
  const { files, trees } = await changeFromGit(await openRepository(folder), counted, { base: 'HEAD~1', head: 'HEAD' })
  for (const file of files) await Promise.all([file.read('base'), file.read('head')])
  const before = asked.length
  const read = async (side: 'base' | 'head'): Promise<unknown> => [
    await trees[side].read('edited.txt'),
    await trees[side].read('gone.txt'),
    await trees[side].read('new.txt'),
  ]
  expect(await read('base')).toEqual(['before\n', 'gone\n', undefined])
  expect(await read('head')).toEqual(['after\n', undefined, 'new\n'])
  expect(await trees.head.read('kept.txt')).toBe('kept\n')
  // What the change does not touch on a side is asked for by path; the rest was there already.
  expect(asked.slice(before).map(name => name.replace(/^.*:/, ''))).toEqual(['new.txt', 'gone.txt', 'kept.txt'])
})
