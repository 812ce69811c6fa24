import { describe, expect, test } from 'vitest'
import type { Content } from '../../src/change/types.ts'
import type { Api, ListedFile } from '../../src/github/api.ts'
import { changeFromApi } from '../../src/github/files.ts'

const target = { base: 'tip', head: 'head', exact: false, configFrom: 'head', filesOf: 7 } as const

function fake(
  files: readonly ListedFile[],
  contents: Readonly<Record<string, string>>,
  over: Partial<Api> = {},
): { api: Api; asked: string[] } {
  const asked: string[] = []
  const api: Api = {
    mergeBase: async () => 'fork',
    pullFiles: async () => files,
    compareFiles: async () => files,
    content: async (path, commit): Promise<Content | undefined> => {
      asked.push(`${commit}:${path}`)
      const text = contents[`${commit}:${path}`]
      return text === undefined ? undefined : { text }
    },
    paths: async commit =>
      Object.keys(contents).flatMap(key => (key.startsWith(`${commit}:`) ? [key.slice(commit.length + 1)] : [])),
    labels: async () => [],
    ...over,
  }
  return { api, asked }
}

async function sides(files: readonly ListedFile[], contents: Readonly<Record<string, string>>) {
  const { api, asked } = fake(files, contents)
  const change = await changeFromApi(api, target)
  const [file] = change.files
  return {
    change,
    file,
    base: await file?.read('base'),
    head: await file?.read('head'),
    hunks: await file?.hunks(),
    asked,
  }
}

describe('a change read through the API', () => {
  test('has both sides of a file from one request and its patch', async () => {
    const patch = '@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n\\ No newline at end of file'
    const { change, base, head, hunks, asked } = await sides([{ filename: 'a.yml', status: 'modified', patch }], {
      'head:a.yml': 'one\nTWO\nthree',
    })
    expect(change).toMatchObject({ base: 'fork', head: 'head', notAnalysed: [] })
    expect(base).toEqual({ text: 'one\ntwo\nthree' })
    expect(head).toEqual({ text: 'one\nTWO\nthree' })
    expect(hunks).toEqual([{ baseStart: 2, baseCount: 1, headStart: 2, headCount: 1 }])
    expect(asked).toEqual(['head:a.yml'])
  })

  test('asks for the base where a patch is missing or does not fit', async () => {
    const contents = { 'head:a.yml': 'new\n', 'fork:a.yml': 'old\n' }
    for (const patch of [undefined, '@@ -1 +1 @@\n-x\n+y', 'rubbish'])
      expect(
        await sides([{ filename: 'a.yml', status: 'modified', ...(patch === undefined ? {} : { patch }) }], contents),
      ).toMatchObject({ base: { text: 'old\n' } })
  })

  test('knows new, deleted and renamed files', async () => {
    expect(
      await sides([{ filename: 'n.yml', status: 'added', patch: '@@ -0,0 +1 @@\n+a' }], { 'head:n.yml': 'a\n' }),
    ).toMatchObject({ base: undefined, head: { text: 'a\n' } })
    expect(
      await sides([{ filename: 'd.yml', status: 'removed', patch: '@@ -1 +0,0 @@\n-a' }], { 'fork:d.yml': 'a\n' }),
    ).toMatchObject({ file: { status: 'deleted' }, base: { text: 'a\n' }, head: undefined })
    expect(
      await sides([{ filename: 'new.yml', previous_filename: 'old.yml', status: 'renamed' }], {
        'head:new.yml': 'a\n',
        'fork:old.yml': 'a\n',
      }),
    ).toMatchObject({
      file: { status: 'renamed', path: 'new.yml', basePath: 'old.yml' },
      base: { text: 'a\n' },
      hunks: [],
    })
  })

  test('reads and lists the rest of the repository, asking for no file that is not there', async () => {
    const { api, asked } = fake([], { 'fork:premortem.yml': 'x', 'fork:.premortem/rules/a/b.yml': 'y' })
    const { trees } = await changeFromApi(api, target)
    expect(await trees.base.read('premortem.yml')).toBe('x')
    expect(await trees.base.read('.github/premortem.yml')).toBeUndefined()
    expect(await trees.base.list('.premortem/rules')).toEqual(['.premortem/rules/a/b.yml'])
    expect(await trees.head.list()).toEqual([])
    expect(asked).toEqual(['fork:premortem.yml'])
  })

  test('says so when GitHub lists no more files', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ filename: `f${at}.yml`, status: 'added' }))
    expect((await changeFromApi(fake(many(2999), {}).api, target)).notAnalysed).toEqual([])
    expect((await changeFromApi(fake(many(3000), {}).api, target)).notAnalysed).toEqual([
      { path: '.', reason: expect.stringContaining('no more than 3000 changed files') },
    ])
    const { filesOf: _, ...pushed } = target
    expect((await changeFromApi(fake(many(300), {}).api, { ...pushed, exact: true })).notAnalysed).toHaveLength(1)
  })

  test('stops reading before the requests of the repository run out, and says so for each file', async () => {
    const files = Array.from({ length: 450 }, (_, at) => ({ filename: `f${at}.yml`, status: 'added' }))
    const { api, asked } = fake(files, {})
    const change = await changeFromApi(api, target)
    const read = await Promise.all(change.files.map(file => file.read('head')))
    expect(asked).toHaveLength(400)
    expect(read.at(-1)).toEqual({ unreadable: expect.stringContaining('check out the repository') })
  })

  test('goes on when one file is refused', async () => {
    const refused = Object.assign(new Error('Resource not accessible by integration'), { status: 403 })
    const { api } = fake([{ filename: 'a.yml', status: 'added' }], {}, { content: async () => Promise.reject(refused) })
    const [file] = (await changeFromApi(api, target)).files
    expect(await file?.read('head')).toEqual({
      unreadable: 'GitHub did not hand it out: 403 Resource not accessible by integration',
    })
  })
})
