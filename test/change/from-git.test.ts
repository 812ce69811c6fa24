import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changeFromGit, type GitRange } from '../../src/change/from-git.ts'
import { openBlobs, openRepository } from '../../src/change/git.ts'
import type { Change } from '../../src/change/types.ts'
import { type TestRepository, testRepository } from '../git.ts'

let repo: TestRepository
let close: (() => void)[] = []

beforeEach(() => {
  repo = testRepository()
})
afterEach(() => {
  for (const end of close) end()
  close = []
  repo.remove()
})

async function read(range: GitRange, folder = repo.folder): Promise<Change> {
  const repository = await openRepository(folder)
  const blobs = openBlobs(repository.directory)
  close.push(() => blobs.close())
  return changeFromGit(repository, blobs, range)
}

async function summary(change: Change): Promise<unknown> {
  return Promise.all(
    change.files.map(async file => [
      file.status,
      file.path,
      await file.read('base'),
      await file.read('head'),
      await file.hunks(),
    ]),
  )
}

test('two commits: added, modified, deleted and renamed files with their changed lines', async () => {
  repo.write('changed.txt', 'one\ntwo\nthree\n')
  repo.write('gone.txt', 'bye\n')
  repo.write('old name.txt', 'a\nb\nc\nd\ne\nf\n')
  repo.commit('base')
  repo.write('changed.txt', 'one\n2\nthree\nfour\n')
  repo.write('café/new.txt', 'hi\n')
  repo.git('rm', '-q', 'gone.txt')
  repo.git('mv', 'old name.txt', 'new name.txt')
  repo.commit('head')

  expect(await summary(await read({ base: 'HEAD~1', head: 'HEAD' }))).toEqual([
    [
      'added',
      'café/new.txt',
      undefined,
      { text: 'hi\n' },
      [{ baseStart: 1, baseCount: 0, headStart: 1, headCount: 1 }],
    ],
    [
      'modified',
      'changed.txt',
      { text: 'one\ntwo\nthree\n' },
      { text: 'one\n2\nthree\nfour\n' },
      [
        { baseStart: 2, baseCount: 1, headStart: 2, headCount: 1 },
        { baseStart: 4, baseCount: 0, headStart: 4, headCount: 1 },
      ],
    ],
    ['deleted', 'gone.txt', { text: 'bye\n' }, undefined, [{ baseStart: 1, baseCount: 1, headStart: 1, headCount: 0 }]],
    ['renamed', 'new name.txt', { text: 'a\nb\nc\nd\ne\nf\n' }, { text: 'a\nb\nc\nd\ne\nf\n' }, []],
  ])
})

test('the work tree counts with staged, unstaged and untracked files, against where the branch left main', async () => {
  repo.write('.gitignore', 'ignored.txt\n')
  repo.write('a.txt', 'a\n')
  repo.commit('base')
  repo.git('checkout', '-q', '-b', 'topic')
  repo.write('b.txt', 'b\n')
  repo.commit('on the branch')
  repo.git('checkout', '-q', 'main')
  repo.write('later.txt', 'x\n')
  repo.commit('main moves on')
  repo.git('checkout', '-q', 'topic')
  repo.write('a.txt', 'a2\n')
  repo.write('staged.txt', 's\n')
  repo.git('add', 'staged.txt')
  repo.write('untracked.txt', 'u\n')
  repo.write('ignored.txt', 'i\n')

  const change = await read({})

  expect(change.files.map(file => `${file.status} ${file.path}`).sort()).toEqual([
    'added b.txt',
    'added staged.txt',
    'added untracked.txt',
    'modified a.txt',
  ])
  expect(change.head).toBe('worktree')
  expect(await change.trees.head.read('untracked.txt')).toBe('u\n')
  expect(await change.trees.base.read('a.txt')).toBe('a\n')
})

test('--staged sees the index only', async () => {
  repo.write('a.txt', 'a\n')
  repo.commit('base')
  repo.write('a.txt', 'staged\n')
  repo.git('add', 'a.txt')
  repo.write('a.txt', 'not staged\n')
  const change = await read({ staged: true })
  expect(await change.files[0]?.read('head')).toEqual({ text: 'staged\n' })
  expect(await change.trees.head.read('a.txt')).toBe('staged\n')
})

test('a bare repository is read without a checkout, and asks for both sides', async () => {
  repo.write('a.txt', 'a\n')
  repo.commit('base')
  repo.write('a.txt', 'b\n')
  repo.commit('head')
  const bare = join(repo.folder, 'bare.git')
  repo.git('clone', '-q', '--bare', repo.folder, bare)
  expect((await read({ base: 'HEAD~1', head: 'HEAD' }, bare)).files.map(file => file.path)).toEqual(['a.txt'])
  await expect(read({ base: 'HEAD~1' }, bare)).rejects.toThrow('a bare repository has no work tree')
})

test('a shallow clone says what to fetch', async () => {
  repo.write('a.txt', 'a\n')
  const first = repo.commit('one')
  repo.write('a.txt', 'b\n')
  repo.commit('two')
  const clone = join(repo.folder, 'shallow')
  repo.git('clone', '-q', '--depth', '1', `file://${repo.folder}`, clone)
  await expect(read({ base: first, head: 'HEAD' }, clone)).rejects.toMatchObject({
    hint: expect.stringContaining('fetch-depth: 0'),
  })
})

test("the user's git configuration does not change the outcome", async () => {
  repo.write('a.txt', 'a\n')
  repo.write('keep.txt', 'same\nsame\nsame\nsame\n')
  repo.commit('base')
  repo.git('mv', 'keep.txt', 'kept.txt')
  repo.write('a.txt', 'b\n')
  repo.commit('head')
  for (const [key, value] of [
    ['diff.noprefix', 'true'],
    ['diff.mnemonicPrefix', 'true'],
    ['diff.renames', 'false'],
    ['color.ui', 'always'],
    ['core.quotePath', 'true'],
    ['diff.external', '/bin/false'],
    ['diff.ignoreSubmodules', 'all'],
  ] as const)
    repo.git('config', key, value)
  const change = await read({ base: 'HEAD~1', head: 'HEAD' })
  expect(change.files.map(file => `${file.status} ${file.path}`)).toEqual(['modified a.txt', 'renamed kept.txt'])
})

test('what is no text is named, never guessed', async () => {
  repo.write('nul.yml', new Uint8Array([97, 0, 98]))
  repo.write('utf16.yml', new Uint8Array([0xff, 0xfe, 97, 0]))
  repo.write('latin1.yml', new Uint8Array([97, 58, 32, 0xe9, 10]))
  repo.write('big.yml', 'a'.repeat(5 * 1024 * 1024 + 1))
  symlinkSync('/etc/passwd', join(repo.folder, 'link.yml'))
  repo.commit('base')
  const first = repo.git('hash-object', '-t', 'tree', '/dev/null').trim()
  const repository = await openRepository(repo.folder)
  const blobs = openBlobs(repository.directory)
  close.push(() => blobs.close())
  repo.git('commit', '-q', '--allow-empty', '-m', 'x')
  expect(first).toHaveLength(40)
  repo.git('checkout', '-q', '--orphan', 'start')
  repo.git('rm', '-rqf', '--cached', '.')
  repo.git('commit', '-q', '--allow-empty', '-m', 'empty')
  const change = await changeFromGit(repository, blobs, { base: 'start', head: 'main', exact: true })
  const contents = await Promise.all(change.files.map(async file => [file.path, await file.read('head')]))
  expect(Object.fromEntries(contents)).toEqual({
    'big.yml': { unreadable: '5.0 MB is more than premortem reads (5 MB)' },
    'latin1.yml': { text: 'a: é\n' },
    'link.yml': { unreadable: 'a symbolic link' },
    'nul.yml': { unreadable: 'the file is binary (it holds NUL bytes)' },
    'utf16.yml': { unreadable: 'the file is UTF-16 text, not UTF-8' },
  })
})

test('references that do not exist and histories that do not meet end in one clear line', async () => {
  repo.write('a.txt', 'a\n')
  repo.commit('base')
  repo.git('checkout', '-q', '--orphan', 'other')
  repo.write('a.txt', 'b\n')
  repo.commit('elsewhere')
  await expect(read({ base: 'nope' })).rejects.toThrow('--base nope: no such commit or branch')
  await expect(read({ base: '--output=/tmp/x' })).rejects.toThrow('no such commit or branch')
  await expect(read({ base: 'main', head: 'other' })).rejects.toThrow('have no common commit')
})
