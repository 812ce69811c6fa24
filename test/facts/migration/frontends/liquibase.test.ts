import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MigrationFact } from '../../../../src/facts/migration/fact.ts'
import { factsOf } from '../facts-of.ts'

const xml = (body: string, attributes = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">\n<changeSet id="1" author="a"${attributes}>\n${body}\n</changeSet>\n</databaseChangeLog>\n`

const mysql = { 'premortem.yml': 'databases: [ { engine: mysql, version: "8.0" } ]' }

const read = async (body: string, attributes = '', settings = {}) =>
  factsOf([{ path: 'src/main/resources/db/changelog/2.xml', head: xml(body, attributes) }], {}, settings)

const shown = (facts: readonly MigrationFact[], ...keys: readonly (keyof MigrationFact)[]) =>
  facts.map(fact => Object.fromEntries(keys.map(key => [key, fact[key]])))

describe('change types', () => {
  test.each<[string, readonly Partial<MigrationFact>[]]>([
    [
      '<createTable tableName="T"><column name="ID" type="BIGINT" autoIncrement="true"><constraints primaryKey="true"/></column></createTable>',
      [{ operation: 'create-table', table: 't', newTable: true }],
    ],
    [
      '<addColumn tableName="t" schemaName="sales"><column name="a" type="java.sql.Types.VARCHAR(20)"/><column name="b" type="uuid" defaultValueComputed="gen_random_uuid()"/></addColumn>',
      [
        { operation: 'add-column', table: 'sales.t', column: 'a', rewrites: false },
        { operation: 'add-column', table: 'sales.t', column: 'b', rewrites: true },
      ],
    ],
    [
      '<addColumn tableName="t"><column name="a" type="int" valueNumeric="1"><constraints nullable="false"/></column></addColumn>',
      [
        { operation: 'add-column', notNull: false, refused: '' },
        { operation: 'update-rows', filtered: false },
        { operation: 'set-not-null', column: 'a' },
      ],
    ],
    [
      '<addColumn tableName="t"><column name="a" type="int"><constraints nullable="false"/></column></addColumn>',
      [{ operation: 'add-column', notNull: true, hasDefault: false }],
    ],
    ['<dropColumn tableName="t" columnName="a"/>', [{ operation: 'drop-column', column: 'a' }]],
    [
      '<dropColumn tableName="t"><column name="a"/><column name="b"/></dropColumn>',
      [
        { operation: 'drop-column', column: 'a' },
        { operation: 'drop-column', column: 'b' },
      ],
    ],
    [
      '<renameColumn tableName="t" oldColumnName="a" newColumnName="b" columnDataType="int"/>',
      [{ operation: 'rename-column', column: 'a', to: 'b' }],
    ],
    [
      '<modifyDataType tableName="t" columnName="a" newDataType="clob"/>',
      [{ operation: 'change-type', column: 'a', typeTo: 'clob', rewrites: false }],
    ],
    [
      '<addNotNullConstraint tableName="t" columnName="a" defaultNullValue="0"/>',
      [
        { operation: 'update-rows', table: 't', filtered: false },
        { operation: 'set-not-null', column: 'a', scans: true },
      ],
    ],
    [
      '<addDefaultValue tableName="t" columnName="a" defaultValue="x"/>',
      [{ operation: 'set-default', default: "'x'" }],
    ],
    ['<dropDefaultValue tableName="t" columnName="a"/>', [{ operation: 'drop-default', column: 'a' }]],
    ['<dropNotNullConstraint tableName="t" columnName="a"/>', [{ operation: 'drop-not-null', column: 'a' }]],
    [
      '<createIndex tableName="t" indexName="i" unique="true"><column name="a"/><column name="b"/></createIndex>',
      [{ operation: 'create-index', index: 'i', columns: ['a', 'b'], blocksWrites: true }],
    ],
    ['<dropIndex tableName="t" indexName="i"/>', [{ operation: 'drop-index', index: 'i', table: 't' }]],
    [
      '<addForeignKeyConstraint constraintName="f" baseTableName="a" baseColumnNames="b_id" referencedTableName="b" referencedColumnNames="id"/>',
      [{ operation: 'add-foreign-key', table: 'a', columns: ['b_id'], references: 'b', validated: true }],
    ],
    [
      '<addForeignKeyConstraint constraintName="f" baseTableName="a" baseColumnNames="b_id" referencedTableName="b" referencedColumnNames="id" validate="false"/>',
      [{ operation: 'add-foreign-key', validated: false }],
    ],
    [
      '<addUniqueConstraint tableName="t" columnNames="a, b" constraintName="u"/>',
      [{ operation: 'add-unique', columns: ['a', 'b'], usingIndex: '' }],
    ],
    [
      '<addUniqueConstraint tableName="t" columnNames="a" constraintName="u" forIndexName="i"/>',
      [{ operation: 'add-unique', usingIndex: 'i', scans: false }],
    ],
    ['<addPrimaryKey tableName="t" columnNames="id"/>', [{ operation: 'add-primary-key', columns: ['id'] }]],
    [
      '<addCheckConstraint tableName="t" constraintName="c" constraintBody="a IS NOT NULL" validate="false"/>',
      [{ operation: 'add-check', column: 'a', validated: false }],
    ],
    ['<dropUniqueConstraint tableName="t" constraintName="u"/>', [{ operation: 'drop-constraint', constraint: 'u' }]],
    [
      '<dropForeignKeyConstraint baseTableName="t" constraintName="f"/>',
      [{ operation: 'drop-constraint', table: 't', constraint: 'f' }],
    ],
    ['<dropTable tableName="t" cascadeConstraints="true"/>', [{ operation: 'drop-table', cascade: true }]],
    ['<renameTable oldTableName="a" newTableName="b"/>', [{ operation: 'rename-table', table: 'a', to: 'b' }]],
    [
      '<mergeColumns tableName="t" column1Name="a" joinString=" " column2Name="b" finalColumnName="c" finalColumnType="text"/>',
      [
        { operation: 'add-column', column: 'c' },
        { operation: 'update-rows', filtered: false },
        { operation: 'drop-column', column: 'a' },
        { operation: 'drop-column', column: 'b' },
      ],
    ],
    [
      '<addLookupTable existingTableName="a" existingColumnName="kind" newTableName="kinds" newColumnName="name"/>',
      [
        { operation: 'create-table', table: 'kinds' },
        { operation: 'insert-select', table: 'kinds' },
        { operation: 'add-foreign-key', table: 'a', references: 'kinds' },
      ],
    ],
    [
      '<update tableName="t"><column name="a" valueNumeric="1"/></update>',
      [{ operation: 'update-rows', table: 't', filtered: false }],
    ],
    [
      '<update tableName="t"><column name="a" valueNumeric="1"/><where>id = 7</where></update>',
      [{ operation: 'update-rows', table: 't', filtered: true }],
    ],
    ['<delete tableName="t"><where>a IS NULL</where></delete>', [{ operation: 'delete-rows', filtered: true }]],
    ['<delete tableName="t"/>', [{ operation: 'delete-rows', filtered: false }]],
    ['<insert tableName="t"><column name="a" value="1"/></insert>', []],
    ['<loadData tableName="t" file="x.csv"/>', []],
  ])('%s', async (body, expected) => {
    const { facts, notAnalysed } = await read(body)
    expect(notAnalysed).toEqual([])
    expect(facts).toHaveLength(expected.length)
    expect(facts).toMatchObject(expected)
  })

  test('on MySQL types and locks are those of MySQL', async () => {
    const { facts } = await read(
      '<addColumn tableName="T"><column name="a" type="boolean" defaultValueBoolean="false"/></addColumn><addForeignKeyConstraint constraintName="f" baseTableName="T" baseColumnNames="b_id" referencedTableName="b" referencedColumnNames="id" validate="false"/>',
      '',
      mysql,
    )
    expect(shown(facts, 'operation', 'table', 'algorithm', 'validated', 'inTransaction')).toEqual([
      { operation: 'add-column', table: 'T', algorithm: 'instant', validated: true, inTransaction: false },
      { operation: 'add-foreign-key', table: 'T', algorithm: 'copy', validated: true, inTransaction: false },
    ])
  })
})

describe('where things stand', () => {
  const changelog = `databaseChangeLog:
  - changeSet:
      id: 2
      author: a
      changes:
        - createIndex:
            tableName: orders
            indexName: i
            columns:
              - column: { name: customer_id }
        - sql:
            sql: |
              SELECT 1;
              UPDATE orders SET a = 1;
`
  test('in YAML', async () => {
    const { facts } = await factsOf([{ path: 'db/changelog/2.yaml', head: changelog }])
    expect(facts.map(({ operation, span }) => [operation, span.line, span.column])).toEqual([
      ['create-index', 6, 11],
      ['update-rows', 14, 15],
    ])
  })

  test('in JSON', async () => {
    const head = `{"databaseChangeLog": [\n  {"changeSet": {"id": "1", "author": "a", "changes": [\n    {"dropTable": {"tableName": "orders"}}\n  ]}}\n]}\n`
    const { facts } = await factsOf([{ path: 'db/changelog/2.json', head }])
    expect(facts).toMatchObject([{ operation: 'drop-table', table: 'orders', span: { line: 3 } }])
  })

  test('in XML, the SQL of an element on its own line, and columns on theirs', async () => {
    const { facts } = await read(
      '<addColumn tableName="t">\n  <column name="a" type="int"/>\n  <column name="b" type="int"/>\n</addColumn>\n<sql>\n  <![CDATA[\n  UPDATE t SET a = 1;\n  ]]>\n</sql>',
    )
    expect(facts.map(({ operation, span }) => [operation, span.line])).toEqual([
      ['add-column', 5],
      ['add-column', 6],
      ['update-rows', 10],
    ])
  })

  test('only change sets that the change touches, and tables of earlier ones are in use', async () => {
    const old =
      '<changeSet id="1" author="a"><createTable tableName="t"><column name="a" type="int"/></createTable></changeSet>'
    const base = `<databaseChangeLog>\n${old}\n</databaseChangeLog>\n`
    const head = `<databaseChangeLog>\n${old}\n<changeSet id="2" author="a"><createIndex tableName="t" indexName="i"><column name="a"/></createIndex></changeSet>\n</databaseChangeLog>\n`
    const { facts } = await factsOf([{ path: 'db/changelog.xml', base, head }])
    expect(shown(facts, 'operation', 'newTable')).toEqual([{ operation: 'create-index', newTable: false }])
  })

  test('a type at base comes from an earlier change set of the file', async () => {
    const table = '<createTable tableName="t"><column name="a" type="varchar(20)"/></createTable>'
    const base = `<databaseChangeLog>\n<changeSet id="1" author="a">${table}</changeSet>\n</databaseChangeLog>\n`
    const head = base.replace(
      '</databaseChangeLog>',
      '<changeSet id="2" author="a"><modifyDataType tableName="t" columnName="a" newDataType="varchar(10)"/></changeSet>\n</databaseChangeLog>',
    )
    const { facts } = await factsOf([{ path: 'db/changelog.xml', base, head }])
    expect(shown(facts, 'operation', 'rewrites', 'assumes')).toEqual([
      { operation: 'change-type', rewrites: true, assumes: '' },
    ])
  })
})

describe('transactions', () => {
  test('each change set is one', async () => {
    const head = xml(
      '<addColumn tableName="t"><column name="a" type="int"/></addColumn><update tableName="t"><column name="a" valueNumeric="1"/></update></changeSet><changeSet id="2" author="a"><update tableName="t"><column name="a" valueNumeric="2"/></update>',
    )
    const { facts } = await factsOf([{ path: 'db/changelog/2.xml', head }])
    expect(shown(facts, 'operation', 'inTransaction', 'heldLock', 'explicitTransaction')).toEqual([
      { operation: 'add-column', inTransaction: true, heldLock: '', explicitTransaction: false },
      { operation: 'update-rows', inTransaction: true, heldLock: 'ACCESS EXCLUSIVE on t', explicitTransaction: false },
      { operation: 'update-rows', inTransaction: true, heldLock: '', explicitTransaction: false },
    ])
  })

  test('a constraint takes over an index by modifySql', async () => {
    const unique = '<addUniqueConstraint tableName="t" columnNames="a" constraintName="t_a"/>'
    const edit = (dbms: string): string =>
      `<modifySql dbms="${dbms}"><regExpReplace replace="UNIQUE \\([^)]*\\)" with="UNIQUE USING INDEX t_a"/></modifySql>`
    const builds = async (inner: string) => shown((await read(inner)).facts, 'work')
    expect(await builds(unique)).toEqual([{ work: 'build' }])
    expect(await builds(unique + edit('postgresql'))).toEqual([{ work: 'none' }])
    expect(await builds(unique + edit('oracle'))).toEqual([{ work: 'build' }])
  })

  test('runInTransaction="false" and modifySql', async () => {
    const index = '<createIndex tableName="t" indexName="i"><column name="a"/></createIndex>'
    const edit =
      '<modifySql dbms="postgresql"><replace replace="CREATE INDEX" with="CREATE INDEX CONCURRENTLY"/></modifySql>'
    const inside = await read(index + edit)
    const outside = await read(index + edit, ' runInTransaction="false"')
    const elsewhere = await read(index + edit.replace('postgresql', 'oracle'))
    expect([inside, outside, elsewhere].map(({ facts }) => shown(facts, 'concurrently', 'certainTransaction'))).toEqual(
      [
        [{ concurrently: true, certainTransaction: true }],
        [{ concurrently: true, certainTransaction: false }],
        [{ concurrently: false, certainTransaction: true }],
      ],
    )
  })

  test('change sets are recorded one by one, so a later one that fails does not keep an earlier one from being skipped', async () => {
    const set = (id: number, sql: string) =>
      `<changeSet id="${id}" author="a" runInTransaction="false"><sql>${sql}</sql></changeSet>`
    const one = set(1, 'ALTER TABLE t ADD COLUMN a int; CREATE INDEX CONCURRENTLY i ON t (a);')
    const two = set(1, 'ALTER TABLE t ADD COLUMN a int;') + set(2, 'CREATE INDEX CONCURRENTLY i ON t (a);')
    const stops = async (sets: string) =>
      (
        await factsOf([{ path: 'db/changelog/2.xml', head: `<databaseChangeLog>${sets}</databaseChangeLog>` }])
      ).facts.map(({ stopsRetry }) => stopsRetry)
    expect(await stops(one)).toEqual([true, false])
    expect(await stops(two)).toEqual([false, false])
  })
})

describe('what does not run', () => {
  const drop = '<dropTable tableName="t"/>'
  test.each([
    [' dbms="mysql"', 0],
    [' dbms="!postgresql"', 0],
    [' dbms="postgresql, h2"', 1],
    [' dbms="!h2"', 1],
    [' dbms="none"', 0],
    [' context="test"', 0],
    [' context="dev or test"', 0],
    [' context="!test"', 1],
    [' context="!prod"', 0],
    [' context="prod"', 1],
    [' context="test, legacy"', 1],
    [' ignore="true"', 0],
    ['', 1],
  ])('%s', async (attributes, count) => {
    const { facts } = await read(drop, attributes)
    expect(facts).toHaveLength(count)
  })

  test('the way back, and change sets for another database', async () => {
    expect((await read(`<comment>x</comment><rollback>${drop}</rollback>`)).facts).toEqual([])
    expect((await read(`<preConditions><dbms type="oracle"/></preConditions>${drop}`)).facts).toEqual([])
    expect(
      (await read(`<preConditions onFail="MARK_RAN"><tableExists tableName="t"/></preConditions>${drop}`)).facts,
    ).toHaveLength(1)
  })
})

test('properties are filled in for the engine', async () => {
  const head = `<databaseChangeLog>
<property name="now" value="now()" dbms="h2"/><property name="now" value="clock_timestamp()" dbms="postgresql"/>
<changeSet id="1" author="a"><addColumn tableName="t"><column name="a" type="timestamp" defaultValueComputed="\${now}"/></addColumn></changeSet>
</databaseChangeLog>`
  const { facts } = await factsOf([{ path: 'db/changelog/2.xml', head }])
  expect(facts).toMatchObject([{ default: 'clock_timestamp()', rewrites: true }])
})

describe('files that a changelog names', () => {
  const body = '<sqlFile path="sql/fill.sql" relativeToChangelogFile="true"/>'
  const file = { 'src/main/resources/db/changelog/sql/fill.sql': 'UPDATE t SET a = 1;' }
  test('a file that is no migration by its path is read where it is named', async () => {
    const named = await factsOf(
      [{ path: 'conf/db.xml', head: xml('<sqlFile path="fill.sql" relativeToChangelogFile="true"/>') }],
      {
        'conf/fill.sql': 'UPDATE t SET a = 1;',
      },
    )
    expect(named.facts).toMatchObject([{ operation: 'update-rows', path: 'conf/db.xml', span: { line: 4 } }])
  })

  test('a migration is judged where it stands', async () => {
    const { facts, notAnalysed } = await factsOf(
      [{ path: 'src/main/resources/db/changelog/2.xml', head: xml(body) }],
      file,
    )
    expect({ facts, notAnalysed }).toEqual({ facts: [], notAnalysed: [] })
  })

  test('a file that is not there is told', async () => {
    const { notAnalysed } = await read(body)
    expect(notAnalysed).toMatchObject([{ reason: 'line 4: the file sql/fill.sql is not found' }])
  })
})

describe('what cannot be read is told', () => {
  test.each([
    ['<customChange class="com.example.Fill"/>', 'line 4: a change written in Java (com.example.Fill) is not followed'],
    ['<executeCommand executable="x"/>', 'line 4: a command of the system is not followed'],
    ['<ext:frobnicate/>', 'line 4: `frobnicate` is no change type that is known'],
    ['<dropTable/>', 'line 4: the table is not named'],
  ])('%s', async (body, reason) => {
    expect((await read(body)).notAnalysed).toMatchObject([{ reason }])
  })

  test('XML that is not well-formed', async () => {
    const { notAnalysed } = await read('<dropTable')
    expect(notAnalysed).toHaveLength(1)
  })

  test('other XML is nobody’s business', async () => {
    expect(await factsOf([{ path: 'db/beans.xml', head: '<beans/>' }])).toEqual({ facts: [], notAnalysed: [] })
  })
})

describe('formatted SQL', () => {
  const read = (text: string, path = 'db/changelog/3.sql') =>
    factsOf([{ path, head: `--liquibase formatted sql\n${text}` }])

  test('change sets, filters and the way back', async () => {
    const { facts } = await read(
      `--changeset a:1
ALTER TABLE public.t ADD COLUMN a int;
--rollback ALTER TABLE t DROP COLUMN a;
--changeset a:2 runInTransaction:false
CREATE INDEX CONCURRENTLY i ON t (a);
--changeset a:3 dbms:mysql
DROP TABLE t;
--changeset a:4 context:"test"
DROP TABLE t;
--changeset a:5
CREATE INDEX CONCURRENTLY j ON t (a);
`,
    )
    expect(facts.map(({ operation, span, certainTransaction }) => [operation, span.line, certainTransaction])).toEqual([
      ['add-column', 3, true],
      ['create-index', 6, false],
      ['create-index', 12, true],
    ])
  })
})

test('nothing that a changelog may hold makes the reader fail', async () => {
  const words = fc.constantFrom(
    'createTable',
    'addColumn',
    'column',
    'changeSet',
    'sql',
    'where',
    'update',
    'rollback',
    'constraints',
    'x',
  )
  const node: fc.Arbitrary<string> = fc.letrec<{ node: string }>(tie => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.string({ maxLength: 12 }).map(text => text.replace(/[<>&]/g, '')),
      fc
        .tuple(words, fc.string({ maxLength: 8 }), fc.array(tie('node'), { maxLength: 3 }))
        .map(
          ([name, value, inner]) => `<${name} tableName="${value.replace(/[<>&"]/g, '')}">${inner.join('')}</${name}>`,
        ),
    ),
  })).node
  await fc.assert(
    fc.asyncProperty(fc.array(node, { maxLength: 4 }), async nodes => {
      const { facts } = await read(nodes.join(''))
      expect(Array.isArray(facts)).toBe(true)
    }),
    { numRuns: 40 },
  )
})
