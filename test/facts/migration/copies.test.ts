import { expect, test } from 'vitest'
import { factsOf } from './facts-of.ts'

const sql = (text: string) => [{ path: 'migrations/0043_names.sql', head: text }]
const add = 'ALTER TABLE users ADD COLUMN full_name text;\n'
const drop = 'ALTER TABLE users DROP COLUMN name;\n'

async function copiedTo(...given: Parameters<typeof factsOf>): Promise<readonly string[]> {
  const { facts } = await factsOf(...given)
  return facts.flatMap(fact => (fact.operation === 'drop-column' ? [fact.copiedTo] : []))
}

test.each([
  ['UPDATE users SET full_name = name;\n'],
  ["UPDATE users SET full_name = concat(name, ' x') WHERE full_name IS NULL;\n"],
  ['UPDATE "users" SET "full_name" = "users"."name";\n'],
])('a column that is dropped after a copy: %s', async copy => {
  expect(await copiedTo(sql(add + copy + drop))).toEqual(['full_name'])
})

test.each([
  ['nothing is copied', add + drop],
  ['something else is copied', `${add}UPDATE users SET full_name = nick_name;\n${drop}`],
  ['the other way round', `${add}UPDATE users SET name = full_name;\n${drop}`],
  ['into a column that was there', `UPDATE users SET full_name = name;\n${drop}`],
  ['in another table', `${add}UPDATE people SET full_name = name;\n${drop}`],
])('%s', async (_, text) => {
  expect(await copiedTo(sql(text))).toEqual([''])
})

test('over several migrations of the change, in the words of an ORM', async () => {
  const migration = (operations: string) =>
    `from django.db import migrations, models\ndef fill(apps, schema_editor):\n    for u in apps.get_model('shop', 'User').objects.all():\n        u.full_name = u.name\n        u.save()\nclass Migration(migrations.Migration):\n    operations = [${operations}]\n`
  const files = [
    {
      path: 'shop/migrations/0002_a.py',
      head: migration(
        "migrations.AddField('user', 'full_name', models.TextField(null=True)), migrations.RunPython(fill)",
      ),
    },
    { path: 'shop/migrations/0003_b.py', head: migration("migrations.RemoveField('user', 'name')") },
  ]
  expect(await copiedTo(files)).toEqual(['full_name'])
})

test.each([
  ['ALTER TABLE users ALTER COLUMN full_name SET NOT NULL;\n', true],
  ['ALTER TABLE users ADD CONSTRAINT c CHECK (full_name IS NOT NULL) NOT VALID;\n', true],
  [
    "ALTER TABLE users ALTER COLUMN full_name SET DEFAULT '';\nALTER TABLE users ALTER COLUMN full_name SET NOT NULL;\n",
    false,
  ],
  ['ALTER TABLE users ALTER COLUMN other SET NOT NULL;\n', false],
])('a column that the change adds and requires: %s', async (text, expected) => {
  const { facts } = await factsOf(sql(add + text))
  expect(facts.at(-1)).toMatchObject({ addedNow: expected })
})

test('a check on the way to NOT NULL is not told twice', async () => {
  const check = 'ALTER TABLE users ADD CONSTRAINT c CHECK (full_name IS NOT NULL) NOT VALID;\n'
  const { facts } = await factsOf(sql(`${add}${check}ALTER TABLE users ALTER COLUMN full_name SET NOT NULL;\n`))
  expect(facts.filter(({ addedNow }) => addedNow)).toMatchObject([{ operation: 'set-not-null' }])
})
