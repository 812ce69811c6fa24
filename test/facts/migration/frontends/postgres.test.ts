import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePostgres } from '../../../../src/artifact/postgres.ts'
import { sourceOf } from '../../../../src/artifact/source.ts'
import { readPostgresSql } from '../../../../src/facts/migration/frontends/postgres.ts'
import type { Operation, Step } from '../../../../src/facts/migration/operation.ts'

const read = async (text: string, path = 'migrations/1_x.sql') =>
  (await readPostgresSql(sourceOf(path, 'head', text))).up
const operations = async (text: string): Promise<readonly Operation[]> =>
  (await read(text)).flatMap((step: Step) => (step.kind === 'change' ? step.operations : []))

describe('places', () => {
  test('are counted in characters, whatever the bytes', async () => {
    const steps = await read('-- für Ωmega 😀\nSELECT \'😀\';\n  ALTER TABLE "größe" ADD COLUMN a int;\n')
    expect(steps.map(step => step.span.line)).toEqual([2, 3])
    expect(steps[1]?.span).toMatchObject({ column: 3, endColumn: 39 })
    expect(await operations('ALTER TABLE "größe" ADD COLUMN a int')).toMatchObject([
      { op: 'add-column', table: 'größe' },
    ])
  })

  test('name the line of each clause', async () => {
    const [step] = await read('ALTER TABLE t\n  ADD COLUMN a int,\n  DROP COLUMN b;\n')
    expect(step?.kind === 'change' && step.spans?.map(span => span.line)).toEqual([1, 3])
  })

  test('an error stops at the right character', async () => {
    expect(await parsePostgres("SELECT 'ü😀'; SELEC 1")).toMatchObject({ at: 14 })
  })
})

describe('what cannot be read', () => {
  test('leaves the other statements readable', async () => {
    const steps = await read('ALTER TABLE t ADD COLUMN a int;\nALTER TABLE t ADDD b;\nDROP TABLE x;\n')
    expect(steps.map(step => step.kind)).toEqual(['change', 'unreadable', 'change'])
    expect(steps[2]?.span.line).toBe(3)
  })

  test('a NUL byte does not hide the rest', async () => {
    const steps = await read('SELECT 1;\0 DROP TABLE x;')
    expect(steps.some(step => step.kind === 'unreadable')).toBe(true)
  })

  test('templates are masked, branches are not guessed', async () => {
    expect(await operations('ALTER TABLE {{ .Table }} ADD COLUMN a int;\n\\set x 1\n')).toMatchObject([
      { op: 'add-column' },
    ])
    expect(await read('{{ if .mysql }}\nALTER TABLE a ADD b int;\n{{ else }}\nDROP TABLE a;\n{{ end }}')).toMatchObject(
      [{ kind: 'unreadable' }],
    )
  })

  test('never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async text => {
        await read(text)
      }),
      { numRuns: 100 },
    )
    const whole =
      'BEGIN; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID, ALTER b TYPE text USING lower(b); DO $$ BEGIN EXECUTE 1; END $$;'
    for (let at = 0; at < whole.length; at += 3) await read(whole.slice(0, at))
    expect(await read(`SELECT ${'('.repeat(20_000)}`)).toHaveLength(1)
    expect(await operations('DROP TABLE t')).toHaveLength(1)
  })
})

describe('statements', () => {
  test.each<[string, object]>([
    [
      'ALTER TABLE ONLY s.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public.r (id) NOT VALID',
      { op: 'add-foreign-key', table: 's.t', name: 'f', validated: false, references: { table: 'r' } },
    ],
    [
      'ALTER TABLE t ADD COLUMN a varchar(20) NOT NULL DEFAULT random()',
      {
        op: 'add-column',
        column: {
          notNull: true,
          type: { name: 'varchar', arguments: [20] },
          default: { text: 'random()', functions: ['random'] },
        },
      },
    ],
    [
      'ALTER TABLE t ALTER a TYPE bigint USING a::bigint',
      { op: 'change-type', to: { name: 'bigint' }, using: { text: 'a::bigint' } },
    ],
    [
      'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a, lower(b)) WHERE a > 0',
      { op: 'create-index', unique: true, concurrently: true, partial: true, columns: ['a', '(expression)'] },
    ],
    ['DROP INDEX CONCURRENTLY public.i', { op: 'drop-index', index: 'i', concurrently: true }],
    ['TRUNCATE a CASCADE', { op: 'truncate', table: 'a', cascade: true }],
    ['LOCK TABLE a IN SHARE MODE', { op: 'lock-table', mode: 'SHARE' }],
    ['CREATE TABLE x AS SELECT 1', { op: 'create-table', table: 'x' }],
    ["ALTER TYPE m ADD VALUE 'x'", { op: 'add-enum-value', type: 'm', value: 'x' }],
    ['INSERT INTO a SELECT * FROM b', { op: 'insert-select', table: 'a', from: ['b'] }],
    ['INSERT INTO a VALUES (1)', { op: 'harmless' }],
  ])('%s', async (sql, operation) => {
    expect(await operations(sql)).toMatchObject([operation])
  })

  test.each<[string, boolean, boolean]>([
    ['UPDATE t SET a = 1', false, false],
    ['UPDATE t SET a = 1 WHERE true', false, false],
    ['UPDATE t SET a = 1 WHERE 1 = 1', false, false],
    ['UPDATE t SET a = 1 WHERE a IS NULL', false, false],
    ['UPDATE t SET a = u.a FROM u WHERE u.id = t.u_id', false, false],
    ["UPDATE t SET a = 1 WHERE kind = 'x'", true, false],
    ['UPDATE t SET a = 1 WHERE a IS NULL AND id IN (1, 2)', true, false],
    ['UPDATE t SET a = v.a FROM (VALUES (1, 2)) AS v (id, a) WHERE t.id = v.id', true, false],
    ['UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 500)', true, true],
    ["DELETE FROM t WHERE created_at < now() - interval '1 year'", true, false],
  ])('%s', async (sql, filtered, batched) => {
    expect(await operations(sql)).toMatchObject([{ filtered, batched }])
  })

  test('plain statements inside a DO block count, SQL built at run time is named', async () => {
    const steps = await read(
      "DO $$ BEGIN\n  ALTER TABLE a ADD COLUMN b int;\n  EXECUTE format('DROP TABLE %I', x);\nEXCEPTION WHEN others THEN null;\nEND $$;",
    )
    expect(steps.map(step => step.kind)).toEqual(['change', 'unreadable'])
    expect(steps[0]?.span.line).toBe(2)
  })

  test('settings', async () => {
    expect(
      await read(
        "SET LOCAL lock_timeout = '2s'; SELECT set_config('statement_timeout', '0', false); RESET lock_timeout",
      ),
    ).toMatchObject([
      { kind: 'set', name: 'lock_timeout', value: '2s', local: true },
      { kind: 'set', name: 'statement_timeout', value: '0' },
      { kind: 'set', name: 'lock_timeout', value: '' },
    ])
  })
})

describe('PL/pgSQL', () => {
  test('statements in branches and loops are read where they stand', async () => {
    const steps = await read(
      'DO $$\nBEGIN\n  IF NOT EXISTS (SELECT 1 FROM x) THEN\n    ALTER TABLE t ADD COLUMN a int;\n  END IF;\n  LOOP\n    DELETE FROM u;\n    COMMIT;\n  END LOOP;\nEND $$;',
    )
    expect(steps).toMatchObject([
      { kind: 'change', span: { line: 4, column: 5 }, operations: [{ op: 'add-column' }] },
      { kind: 'change', span: { line: 7 }, operations: [{ op: 'delete-rows', batched: true }] },
      { kind: 'commit' },
    ])
  })
  test('EXECUTE of a literal is read, of anything else is said', async () => {
    const steps = await read("DO $$ BEGIN EXECUTE 'DROP TABLE a'; EXECUTE format('DROP TABLE %I', x); END $$;")
    expect(steps).toMatchObject([
      { kind: 'change', operations: [{ op: 'drop-table', table: 'a' }] },
      { kind: 'unreadable', reason: expect.stringContaining('when it runs') },
    ])
  })
  test('a routine of the file counts when it is called', async () => {
    const create = 'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE a; END $$;'
    expect(await operations(create)).toMatchObject([{ op: 'create-object' }])
    expect(await operations(`${create}\nSELECT f();`)).toMatchObject([{ op: 'create-object' }, { op: 'drop-table' }])
    expect(await operations(`${create}\nDO $$ BEGIN PERFORM 1; DROP TABLE b; END $$;`)).toMatchObject([
      { op: 'create-object' },
      { op: 'harmless' },
      { op: 'drop-table', table: 'b' },
    ])
  })
  test('a procedure from elsewhere is said', async () => {
    expect(await read('CALL fill_everything();')).toMatchObject([
      { kind: 'unreadable', reason: expect.stringContaining('defined elsewhere') },
    ])
  })
  test('another language is said', async () => {
    expect(await read('DO LANGUAGE plpython3u $$ plpy.execute("DROP TABLE a") $$;')).toMatchObject([
      { kind: 'unreadable' },
    ])
  })
  test('a block that the parser refuses is said, and its plain statements are read', async () => {
    const steps = await read('DO $$ BEGIN IF THEN THEN DROP TABLE a; END $$;')
    expect(steps.map(step => step.kind)).toEqual(['change', 'unreadable'])
  })
  const loop = (head: string, work: string, declare = 'r record; v_id bigint;') =>
    operations(`DO $$ DECLARE ${declare} BEGIN ${head} LOOP ${work}; END LOOP; END $$;`)
  const update = 'UPDATE orders SET total = 0 WHERE id = r.id'
  test.each([
    ['FOR r IN SELECT id FROM orders', update],
    ['FOR r IN (SELECT id FROM orders WHERE total IS NULL ORDER BY id)', update],
    ['FOR v_id IN SELECT id FROM orders', 'UPDATE orders SET total = 0 WHERE id = v_id'],
    ["FOR r IN EXECUTE 'SELECT id FROM orders'", update],
    ['WHILE v_id < 900', 'UPDATE orders SET total = 0 WHERE id >= v_id AND id < v_id + 100'],
  ])('a loop that comes by every row writes every row: %s', async (head, work) => {
    expect(await loop(head, work)).toMatchObject([{ op: 'update-rows', filtered: false, batched: false }])
  })
  test('a cursor is followed to its query', async () => {
    const declare = 'c CURSOR FOR SELECT id FROM orders; r record; v_id bigint;'
    const all = [{ op: 'update-rows', filtered: false, batched: false }]
    expect(await loop('FOR r IN c', update, declare)).toMatchObject(all)
    const fetch = 'FETCH c INTO v_id; EXIT WHEN NOT FOUND; UPDATE orders SET total = 0 WHERE id = v_id'
    expect(await loop('OPEN c;', fetch, declare)).toMatchObject(all)
    expect(await loop('FOR r IN c', update, declare.replace('orders', "orders WHERE state = 'x'"))).toMatchObject([
      { filtered: true },
    ])
  })
  test.each([
    ["FOR r IN SELECT id FROM orders WHERE state = 'x'", update],
    ['FOREACH v_id IN ARRAY ARRAY[1, 2]', 'UPDATE orders SET total = 0 WHERE id = v_id'],
    ['FOR r IN SELECT plan FROM plans', "UPDATE orders SET total = 0 WHERE plan = r.plan AND state = 'x'"],
  ])('a loop over some rows writes some rows: %s', async (head, work) => {
    expect(await loop(head, work)).toMatchObject([{ op: 'update-rows', filtered: true }])
  })
  test('a variable of the block is a value, not a column', async () => {
    const [one] = await operations('DO $$ DECLARE v_id int := 7; BEGIN UPDATE t SET a = 0 WHERE id = v_id; END $$;')
    expect(one).toMatchObject({ op: 'update-rows', filtered: true })
  })
  test('inserts for every row are an INSERT … SELECT', async () => {
    const insert = 'INSERT INTO public.profiles (user_id) VALUES (r.id)'
    expect(await loop('FOR r IN SELECT id FROM users', insert)).toMatchObject([
      { op: 'insert-select', table: 'profiles', from: ['users'] },
    ])
    expect(await loop('FOR r IN SELECT id FROM users LIMIT 5', insert)).toMatchObject([{ op: 'harmless' }])
    expect(await loop('FOR r IN SELECT id FROM users', `${insert}; COMMIT`)).toMatchObject([{ op: 'harmless' }])
  })
  test('SET inside a block holds', async () => {
    const steps = await read("DO $$ BEGIN SET LOCAL lock_timeout = '2s'; DROP TABLE a; END $$;")
    expect(steps).toMatchObject([{ kind: 'set', name: 'lock_timeout' }, { kind: 'change' }])
  })
})
