import { describe, expect, test } from 'vitest'
import { changeInMemory } from '../../../src/change/memory.ts'
import { keyOf, type Usage, usagesOf } from '../../../src/facts/usage/search.ts'

async function usage(
  column: string | undefined,
  files: Readonly<Record<string, string>>,
  more: { readonly base?: Readonly<Record<string, string>>; readonly framework?: string } = {},
): Promise<Usage | undefined> {
  const target = {
    table: 'orders',
    ...(column === undefined ? {} : { column }),
    framework: more.framework ?? 'sql',
    renamed: false,
  }
  const change = changeInMemory({
    files: Object.entries(more.base ?? {}).map(([path, base]) => {
      const head = files[path]
      return { path, base, ...(head === undefined ? {} : { head }) }
    }),
    repository: Object.fromEntries(Object.entries(files).filter(([path]) => more.base?.[path] === undefined)),
  })
  return (await usagesOf([target], change)).get(keyOf(target))
}

describe('a column in use', () => {
  test.each([
    ['a model of Django', 'shop/models.py', 'class Order(models.Model):\n    note = models.TextField()\n', true],
    [
      'a model of SQLAlchemy',
      'app/models.py',
      'class Order(Base):\n    __tablename__ = "orders"\n    note: Mapped[str] = mapped_column()\n',
      true,
    ],
    ['Prisma', 'prisma/schema.prisma', 'model Order {\n  id Int @id\n  note String?\n}\n', true],
    ['SQL in Go', 'store/orders.go', 'rows, err := db.Query(`SELECT id, note FROM orders`)\n', true],
    ['Active Record', 'app/services/x.rb', 'Order.where(note: nil).find_each { }\n', true],
    ['an attribute', 'app/services/x.rb', 'puts order.note\n', false],
  ])('%s', async (_name, path, text, certain) => {
    expect(await usage('note', { [path]: text })).toMatchObject({ head: [expect.stringContaining(path)], certain })
  })
})

describe('not in use', () => {
  test.each([
    ['of another model', 'app/models.py', 'class Parcel(Base):\n    note = Column(String)\n'],
    ['a comment', 'app/x.rb', '# order.note was dropped\n'],
    ['a migration', 'db/migrate/1_x.rb', 'Order.where(note: nil)\n'],
    ['a test', 'spec/order_spec.rb', 'expect(order.note).to eq 1\n'],
    ['a longer name', 'app/x.rb', 'order.note_count\n'],
    ['ignored', 'app/models/order.rb', 'class Order < ApplicationRecord\n  self.ignored_columns += %w[note]\nend\n'],
    ['another table', 'store/x.go', 'db.Query(`SELECT note FROM parcels`)\n'],
    ['a browser', 'frontend/src/x.js', 'show(order.note)\n'],
  ])('%s', async (_name, path, text) => {
    expect((await usage('note', { [path]: text }))?.head ?? []).toEqual([])
  })
})

test('what the same change removes counts for base', async () => {
  const base = { 'app/orders.rb': 'puts order.note\n' }
  expect(await usage('note', { 'app/orders.rb': 'puts 1\n' }, { base })).toMatchObject({
    head: [],
    base: ['app/orders.rb:1'],
  })
  expect(await usage('note', {}, { base })).toMatchObject({ head: [], base: ['app/orders.rb:1'] })
})

test('a column that the model at base leaves out is not used by what else has its name', async () => {
  const model = (body: string): string => `class Order < ApplicationRecord\n${body}end\n`
  const files = { 'app/models/order.rb': model(''), 'app/x.rb': 'order.total = summary.note\n' }
  const base = { 'app/models/order.rb': model('  self.ignored_columns += %w[note]\n') }
  expect((await usage('note', files, { base }))?.head ?? []).toEqual([])
  expect((await usage('note', { 'app/x.rb': 'order.total = order.note\n' }))?.head).toEqual(['app/x.rb:1'])
})

test('a table: its model and SQL that names it', async () => {
  expect(await usage(undefined, { 'app/models/order.rb': 'class Order < ApplicationRecord\nend\n' })).toMatchObject({
    certain: true,
  })
  expect(await usage(undefined, { 'app/x.py': 'def order(): return "orders"\n' })).toMatchObject({ head: [] })
})

test('strange names and strange files do no harm', async () => {
  const text = `${'order.'.repeat(20_000)}\n${'('.repeat(20_000)}\0`
  await expect(usage('a(b|c)+$', { 'app/x.rb': text })).resolves.toMatchObject({ head: [] })
  await expect(usage('note', { 'app/x.rb': text })).resolves.toMatchObject({ head: [] })
})

test('unused is said only where code about the table was seen', async () => {
  const model = { 'app/models/order.rb': 'class Order < ApplicationRecord\nend\n' }
  expect(await usage('note', model)).toMatchObject({ head: [], base: [], unused: true })
  expect(await usage('note', { 'app/x.rb': 'puts 1\n' })).toBeUndefined()
})
