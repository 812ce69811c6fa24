import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

/** Folders from the top of the house to the ground. A file imports from its own floor or from floors below. */
const floors: readonly (readonly string[])[] = [
  ['cli.ts', 'action.ts', 'index.ts', 'commands'],
  ['check.ts'],
  ['report', 'github'],
  ['rule'],
  ['facts'],
  ['artifact'],
  ['change', 'config', 'database'],
  ['text'],
]

const files = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
  .map(entry => relative('src', join(entry.parentPath, entry.name)).replaceAll('\\', '/'))

const imports = new Map(
  files.map(file => {
    const text = readFileSync(join('src', file), 'utf8')
    const found = [...text.matchAll(/(?:^(import|export)\s(type\s)?[^;]*?from\s|\b(import)\()'(\.{1,2}\/[^']+\.ts)'/gm)]
    return [
      file,
      found.map(match => ({
        to: relative('src', join('src', dirname(file), match[4] ?? '')).replaceAll('\\', '/'),
        lazy: match[3] !== undefined,
        type: match[2] !== undefined,
      })),
    ] as const
  }),
)

function floorOf(file: string): number {
  return floors.findIndex(names => names.includes(file.split('/')[0] ?? ''))
}

test('every file stands on a floor', () => {
  expect(files.filter(file => floorOf(file) === -1 && file !== 'modules.d.ts')).toEqual([])
})

test('imports go down the floors only', () => {
  const upward = [...imports].flatMap(([file, targets]) =>
    targets.filter(({ to }) => floorOf(to) < floorOf(file)).map(({ to }) => `${file} -> ${to}`),
  )
  expect(upward).toEqual([])
})

test('no file reaches itself through its imports', () => {
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file)
    if (start !== -1) {
      circles.push([...trail.slice(start), file].join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const { to, type } of imports.get(file) ?? []) if (!type) visit(to, [...trail, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('no file is longer than 400 lines', () => {
  const long = files.filter(file => readFileSync(join('src', file), 'utf8').split('\n').length > 401)
  expect(long).toEqual([])
})

test('the command line never loads the packages of the Action', () => {
  const heavy = files.filter(
    file =>
      !file.startsWith('github/') &&
      file !== 'action.ts' &&
      /from '@actions\/(?!workflow-parser)/.test(readFileSync(join('src', file), 'utf8')),
  )
  expect(heavy).toEqual([])
})
