import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Artifact } from '../../../../src/artifact/types.ts'
import type { Tree } from '../../../../src/change/types.ts'
import { type DjangoHints, readDjango } from '../../../../src/facts/migration/frontends/django.ts'
import type { ReadSql } from '../../../../src/facts/migration/frontends/python-sql.ts'
import type { Operation, Program } from '../../../../src/facts/migration/operation.ts'
import { factsOf } from '../facts-of.ts'

/** Stands for an engine's reader: one harmless step for each text, which names it. */
const sql: ReadSql = async (text, place) => [
  { kind: 'change', span: place(text.search(/\S/)), text, operations: [{ op: 'harmless', what: text.trim() }] },
]

function artifactOf(path: string): Artifact {
  return {
    path,
    status: 'added',
    language: 'python',
    kind: 'django-migration',
    role: 'live',
    environment: 'unknown',
    hunks: [],
  }
}

const path = 'shop/migrations/0007_next.py'

function treeOf(files: Readonly<Record<string, string>>): Tree {
  return {
    read: async name => files[name],
    list: async folder => Object.keys(files).filter(name => folder === undefined || name.startsWith(`${folder}/`)),
  }
}

function read(text: string, hints: DjangoHints = { engine: 'postgres' }): Promise<Program> {
  return readDjango(sourceOf(path, 'head', text), artifactOf(path), sql, hints)
}

const file = (operations: string, before = '', attributes = ''): string => `from django.db import migrations, models
${before}

class Migration(migrations.Migration):
    dependencies = [("shop", "0006_last")]
${attributes}
    operations = [
${operations}
    ]
`

async function operations(list: string, before = '', earlier = ''): Promise<readonly Operation[]> {
  const hints: DjangoHints = {
    engine: 'postgres',
    ...(earlier === '' ? {} : { tree: treeOf({ 'shop/migrations/0006_last.py': file(earlier) }) }),
  }
  const { up } = await read(file(list, before), hints)
  return up.flatMap(step => (step.kind === 'change' ? step.operations : []))
}

describe('fields', () => {
  test('a default is given once and taken back, whatever computes it', async () => {
    expect(
      await operations(`migrations.AddField("order", "token", models.UUIDField(default=uuid.uuid4)),`),
    ).toMatchObject([
      {
        op: 'add-column',
        table: 'shop_order',
        column: {
          name: 'token',
          type: { name: 'uuid' },
          notNull: true,
          default: { text: 'uuid.uuid4', functions: [] },
        },
      },
      { op: 'drop-default', table: 'shop_order', column: 'token' },
    ])
  })

  test('db_default stays, and its function counts', async () => {
    expect(
      await operations(`migrations.AddField("order", "key", models.UUIDField(db_default=RandomUUID())),`),
    ).toMatchObject([{ op: 'add-column', column: { default: { functions: ['gen_random_uuid'] } } }])
  })

  test('a key brings its constraint with it, and its index at the end', async () => {
    const [add, other, index] = await operations(`
      migrations.AddField(model_name="order", name="customer", field=models.ForeignKey(null=True, to="people.customer", on_delete=models.CASCADE)),
      migrations.AddField("order", "note", models.TextField(null=True)),`)
    expect(add).toMatchObject({
      column: { name: 'customer_id', notNull: false, references: { table: 'people_customer' } },
    })
    expect(other).toMatchObject({ op: 'add-column', column: { name: 'note' } })
    expect(index).toMatchObject({
      op: 'create-index',
      table: 'shop_order',
      columns: ['customer_id'],
      concurrently: false,
    })
  })

  test('text that may be blank gets an empty one; required text has none', async () => {
    const [blank, , required] = await operations(`
      migrations.AddField("order", "a", models.CharField(max_length=5, blank=True)),
      migrations.AddField("order", "b", models.CharField(max_length=5)),`)
    expect(blank).toMatchObject({ column: { default: { text: "''" }, type: { name: 'varchar', arguments: [5] } } })
    expect(required).not.toHaveProperty('column.default')
  })
})

describe('AlterField is the difference from the field before', () => {
  const before = (field: string): string => `migrations.AddField("Order", "total", ${field}),`
  const after = (field: string): string => `migrations.AlterField(model_name="order", name="total", field=${field}),`

  test.each([
    ['models.CharField(max_length=20)', 'models.CharField(max_length=20, help_text="x")', [{ op: 'harmless' }]],
    [
      'models.CharField(max_length=50)',
      'models.CharField(max_length=20)',
      [{ op: 'change-type', from: { arguments: [50] } }],
    ],
    ['models.IntegerField()', 'models.BigIntegerField()', [{ op: 'change-type', to: { name: 'bigint' } }]],
    ['models.IntegerField(null=True)', 'models.IntegerField()', [{ op: 'set-not-null', column: 'total' }]],
    ['models.IntegerField()', 'models.IntegerField(null=True)', [{ op: 'drop-not-null' }]],
    ['models.IntegerField()', 'models.IntegerField(db_index=True)', [{ op: 'create-index', columns: ['total'] }]],
    ['models.IntegerField()', 'models.IntegerField(unique=True)', [{ op: 'add-unique', columns: ['total'] }]],
    ['models.IntegerField(default=1)', 'models.IntegerField(default=2)', [{ op: 'harmless' }]],
    ['models.TextField(null=True)', 'models.TextField(default="")', [{ op: 'update-rows' }, { op: 'set-not-null' }]],
  ])('%s to %s', async (one, other, expected) => {
    expect(await operations(after(other), '', before(one))).toMatchObject(expected)
  })

  test('unknown before: said, not guessed', async () => {
    const { up } = await read(file(after('models.IntegerField()')))
    expect(up).toMatchObject([{ kind: 'unreadable' }])
  })

  test('follows a renamed model, and the table it names', async () => {
    const earlier = `migrations.CreateModel(name="Bill", fields=[("total", models.IntegerField())], options={"db_table": "bills"}),
      migrations.RenameModel("Bill", "Order"),`
    expect(await operations(after('models.BigIntegerField()'), '', earlier)).toMatchObject([
      { op: 'change-type', table: 'bills', from: { name: 'integer' } },
    ])
  })
})

describe('other operations', () => {
  test.each([
    ['migrations.RemoveField("order", "note")', { op: 'drop-column', table: 'shop_order', column: 'note' }],
    ['migrations.DeleteModel("Order")', { op: 'drop-table', table: 'shop_order' }],
    ['migrations.RenameField("order", "a", "b")', { op: 'rename-column', column: 'a', to: 'b' }],
    ['migrations.RenameModel("Order", "Bill")', { op: 'rename-table', table: 'shop_order', to: 'shop_bill' }],
    ['migrations.AlterModelTable("order", "bills")', { op: 'rename-table', to: 'bills' }],
    [
      'migrations.AddIndex("order", models.Index(fields=["-a", "b"], name="ix"))',
      { op: 'create-index', index: 'ix', columns: ['a', 'b'], concurrently: false },
    ],
    [
      'AddIndexConcurrently("order", models.Index(fields=["a"], name="ix"))',
      { op: 'create-index', concurrently: true },
    ],
    ['migrations.RemoveIndex("order", "ix")', { op: 'drop-index', index: 'ix', concurrently: false }],
    ['migrations.AlterUniqueTogether("order", {("a", "b")})', { op: 'add-unique', columns: ['a', 'b'] }],
    [
      'migrations.AddConstraint("order", models.CheckConstraint(check=models.Q(a__isnull=False), name="c"))',
      { op: 'add-check', name: 'c', validated: true, notNullColumn: 'a' },
    ],
    [
      'AddConstraintNotValid("order", models.CheckConstraint(condition=models.Q(a__gt=0), name="c"))',
      { op: 'add-check', validated: false },
    ],
    ['ValidateConstraint("order", "c")', { op: 'validate-constraint', constraint: 'c' }],
    [
      'migrations.AddConstraint("order", models.UniqueConstraint(fields=["a"], name="u"))',
      { op: 'add-unique', columns: ['a'] },
    ],
    [
      'migrations.AddConstraint("order", models.UniqueConstraint(fields=["a"], condition=models.Q(b=1), name="u"))',
      { op: 'create-index', unique: true, partial: true },
    ],
    ['migrations.AlterModelOptions("order", options={})', { op: 'harmless' }],
    ['TrigramExtension()', { op: 'harmless' }],
  ])('%s', async (text, expected) => {
    expect((await operations(`${text},`))[0]).toMatchObject(expected)
  })

  test('the state alone touches no table', async () => {
    const list = `migrations.SeparateDatabaseAndState(
      state_operations=[migrations.RemoveField("order", "a")],
      database_operations=[migrations.RemoveField("order", "b")]),`
    expect(await operations(list)).toMatchObject([{ op: 'drop-column', column: 'b' }])
    expect(
      await operations('migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("X")]),'),
    ).toMatchObject([{ op: 'harmless' }])
  })

  test('an operation of another package is not trusted; one of the file goes by its parent', async () => {
    const { up } = await read(
      file('Shuffle("order"),\n    Own("SELECT 1"),', 'class Own(migrations.RunSQL):\n    pass'),
    )
    expect(up).toMatchObject([{ kind: 'unreadable' }, { kind: 'change', text: 'SELECT 1' }])
  })

  test('atomic = False', async () => {
    expect((await read(file('', '', '    atomic = False'))).transaction).toBe('each')
    expect((await read(file(''))).transaction).toBe('wrapped')
  })
})

describe('RunSQL', () => {
  test('texts, lists, pairs and constants, where they stand', async () => {
    const { up, down } = await read(
      file(
        'migrations.RunSQL(sql=CREATE, reverse_sql="DROP"),\n        migrations.RunSQL([("UPDATE a SET b = %s", [1]), "SELECT 2"]),',
        'CREATE = """\n  CREATE INDEX i\n"""',
      ),
    )
    expect(up.map(({ text, span }) => [text.trim(), span.line])).toEqual([
      ['CREATE INDEX i', 3],
      ['UPDATE a SET b = $1', 11],
      ['SELECT 2', 11],
    ])
    expect(down).toBeUndefined()
  })

  test('what is only known at run time is said', async () => {
    expect((await read(file('migrations.RunSQL(load("x.sql")),'))).up).toMatchObject([{ kind: 'unreadable' }])
  })
})

describe('RunPython', () => {
  const run = (body: string, attributes = ''): Promise<readonly Operation[]> =>
    read(
      file(
        'migrations.RunPython(forwards, migrations.RunPython.noop),',
        `def forwards(apps, schema_editor):\n    Order = apps.get_model("shop", "Order")\n${body}`,
        attributes,
      ),
    ).then(({ up }) => up.flatMap(step => (step.kind === 'change' ? step.operations : [])))

  test.each([
    ['    Order.objects.update(a=1)', { op: 'update-rows', table: 'shop_order', filtered: false, batched: false }],
    ['    Order.objects.all().order_by("id").update(a=1)', { filtered: false }],
    ['    Order.objects.filter(b=1).update(a=1)', { filtered: true, batched: false }],
    ['    Order.objects.filter(a__isnull=True).update(a=1)', { filtered: false }],
    ['    Order.objects.filter(b=1).delete()', { op: 'delete-rows', filtered: true }],
    [
      '    for order in Order.objects.all():\n        order.a = 1\n        order.save()',
      { op: 'update-rows', filtered: false, batched: false },
    ],
    ['    for order in Order.objects.iterator():\n        if order.b:\n            order.save()', { filtered: true }],
    [
      '    for ids in chunked(Order.objects.values_list("id"), 100):\n        Order.objects.filter(id__in=ids).update(a=1)',
      { batched: true },
    ],
    [
      '    while True:\n        rows = Order.objects.filter(a=None)[:100]\n        Order.objects.filter(pk__in=rows).update(a=1)',
      { batched: true },
    ],
    ['    Order.objects.bulk_update(orders, ["a"], batch_size=100)', { op: 'update-rows', batched: true }],
    ['    fill(Order.objects)\n\ndef fill(rows):\n    rows.update(a=1)', { op: 'update-rows', filtered: false }],
    ['    Order.objects.using(schema_editor.connection.alias).update(a=1)', { filtered: false }],
  ])('%s', async (body, expected) => {
    expect((await run(body))[0]).toMatchObject(expected)
  })

  test('one record, a new one or none is no backfill', async () => {
    const list = await run(
      '    Order.objects.get(pk=1).save()\n    Order.objects.create(a=1)\n    Order.objects.get_or_create(a=2)',
    )
    expect(list).toEqual([1, 2].map(() => ({ op: 'harmless', what: 'INSERT', inserts: 'shop_order' })))
  })

  test('records saved one by one commit one by one without a transaction', async () => {
    const body = '    for order in Order.objects.all():\n        order.save()'
    expect(await run(body, '    atomic = False')).toMatchObject([{ op: 'update-rows', batched: true }])
  })

  test('SQL through a cursor, with the table of a model', async () => {
    expect(
      await run(
        '    with connection.cursor() as cursor:\n        cursor.execute(f"UPDATE {Order._meta.db_table} SET a = 1")',
      ),
    ).toMatchObject([{ op: 'harmless', what: 'UPDATE shop_order SET a = 1' }])
  })

  test('a branch for another engine is left out', async () => {
    const other = '    if schema_editor.connection.vendor != "postgresql":\n        Order.objects.update(a=1)\n'
    expect(await run(other)).toMatchObject([{ op: 'harmless' }])
    expect(await run(`${other}        return\n    Order.objects.update(b=1)`)).toMatchObject([{ op: 'update-rows' }])
  })

  test('a function of another file is said to be one', async () => {
    const { up } = await read(file('migrations.RunPython(helpers.fill),', 'from . import helpers'))
    expect(up).toMatchObject([{ kind: 'unreadable', reason: expect.stringContaining('not in this file') }])
  })
})

describe('hostile input', () => {
  const deep = 3000
  test.each([
    ['nothing', ''],
    ['junk', '\0\u0001\uFFFD((((]]]]"""'],
    ['cut off', file('migrations.AddField("order", "note", models.Cha').slice(0, 180)],
    ['no operations', 'class Migration(migrations.Migration):\n    pass\n'],
    ['operations of the wrong kind', 'class Migration(migrations.Migration):\n    operations = 3\n'],
    ['a function that calls itself', file('migrations.RunPython(f),', 'def f(a, b):\n    f(a, b)\n    f(b, a)')],
    [
      'functions that call each other',
      file('migrations.RunPython(f),', 'def f(a, b):\n    g(a)\n    g(a)\ndef g(a):\n    f(a, a)\n    f(a, a)'),
    ],
    ['deep lists', file(`${'['.repeat(deep)}${']'.repeat(deep)},`)],
    ['deep calls', file(`${'f('.repeat(deep)}${')'.repeat(deep)},`)],
    [
      'loops within loops',
      file(
        'migrations.RunPython(f),',
        `def f(a, b):\n${Array.from({ length: 8 }, (_, at) => `${' '.repeat(at + 1)}for x${at} in [1,2,3,4,5,6,7,8,9,10]:`).join('\n')}\n          b.execute("SELECT 1")`,
      ),
    ],
    ['text that doubles', file('migrations.RunSQL(s),', `s = "aaaaaaaaaa"\n${'s = s + s\n'.repeat(60)}`)],
    ['a class without an end', 'class Migration(migrations.Migration'],
  ])('%s', async (_name, text) => {
    const { up } = await read(text)
    expect(Array.isArray(up)).toBe(true)
  })
})

test('functions of other modules that get the models are said', async () => {
  const program = await read(
    file(
      '        migrations.RunPython(fill),',
      'from shop import helpers\n\n\ndef fill(apps, schema_editor):\n    helpers.backfill(apps, schema_editor)\n    helpers.name_of("users")\n',
    ),
  )
  expect(program.up.map(step => step.kind === 'unreadable' && step.reason)).toEqual([
    '`backfill` is defined in another file',
  ])
})

describe('tables that models name by themselves', () => {
  const migration = (operations: string) =>
    `from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    operations = [\n${operations}\n    ]\n`

  test('a constraint on a model of the same file is on its table', async () => {
    const head = migration(
      `        migrations.CreateModel(name='Hook', fields=[('url', models.TextField())], options={'db_table': 'hooks'}),
        migrations.AddConstraint(model_name='hook', constraint=models.UniqueConstraint(fields=('url',), name='u')),`,
    )
    const { facts } = await factsOf([{ path: 'app/migrations/0002_x.py', head }])
    expect(facts.map(({ table, newTable }) => [table, newTable])).toEqual([
      ['hooks', true],
      ['hooks', true],
    ])
  })

  test('a table that is renamed is the one that the model has had', async () => {
    const repository = {
      'app/migrations/0001_initial.py': migration(
        '        migrations.CreateModel("Old", fields=[], options={"db_table": "legacy"}),',
      ),
    }
    const head = migration("        migrations.AlterModelTable('old', 'things'),")
    const { facts } = await factsOf([{ path: 'app/migrations/0002_x.py', head }], repository)
    expect(facts.map(({ operation, table, to }) => [operation, table, to])).toEqual([
      ['rename-table', 'legacy', 'things'],
    ])
  })

  test('a table that is renamed keeps its name when the model is', async () => {
    const head = migration(
      `        migrations.AlterModelTable(name='old', table='things'),
        migrations.RenameModel(old_name='Old', new_name='Thing'),
        migrations.RemoveField(model_name='thing', name='x'),`,
    )
    const { facts } = await factsOf([{ path: 'app/migrations/0002_x.py', head }])
    expect(facts.map(({ operation, table, to }) => [operation, table, to])).toEqual([
      ['rename-table', 'app_old', 'things'],
      ['drop-column', 'things', ''],
    ])
  })
})
