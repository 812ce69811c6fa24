import type { Case } from './apply.ts'

const index = 'migration/index-blocks-writes'
const key = 'migration/foreign-key-validates'
const path = 'src/main/resources/db/changelog/042-change'
const config = { databases: [{ engine: 'postgres' }] }

const xml = (...changes: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">\n\n    <changeSet id="42" author="ann" context="prod">\n${changes.map(change => `        ${change}\n`).join('')}    </changeSet>\n\n</databaseChangeLog>\n`
const yaml = (...changes: readonly string[]): string =>
  `databaseChangeLog:\n  - changeSet:\n      id: 42\n      author: ann\n      changes:\n${changes.join('')}`
const json = (...changes: readonly object[]): string =>
  `${JSON.stringify({ databaseChangeLog: [{ changeSet: { id: '42', author: 'ann', changes } }] }, undefined, 2)}\n`

const changelog = (name: string, rule: string, head: string): Case => ({
  name: `Liquibase ${name}`,
  rule,
  path: `${path}.${head.startsWith('<') ? 'xml' : head.startsWith('{') ? 'json' : 'yaml'}`,
  config,
  head,
})

export const liquibaseCases: readonly Case[] = [
  changelog(
    'index',
    index,
    xml(
      '<createIndex indexName="orders_customer" tableName="orders">\n            <column name="customer_id"/>\n        </createIndex>',
    ),
  ),
  changelog(
    'index among others',
    index,
    xml(
      '<addColumn tableName="orders">\n            <column name="customer_id" type="bigint"/>\n        </addColumn>',
      '<createIndex indexName="orders_customer" tableName="orders">\n            <column name="customer_id"/>\n        </createIndex>',
    ),
  ),
  changelog(
    'dropped index',
    'migration/drop-index-blocks',
    xml('<dropIndex indexName="orders_customer" tableName="orders"/>'),
  ),
  changelog(
    'foreign key',
    key,
    xml(
      '<addForeignKeyConstraint baseTableName="orders" baseColumnNames="customer_id" constraintName="fk_orders_customer" referencedTableName="customers" referencedColumnNames="id"/>',
    ),
  ),
  changelog(
    'not null',
    'migration/set-not-null-scans',
    xml('<addNotNullConstraint tableName="orders" columnName="email" columnDataType="varchar(100)"/>'),
  ),
  changelog(
    'unique constraint',
    'migration/unique-builds-index',
    xml('<addUniqueConstraint tableName="orders" columnNames="number" constraintName="orders_number"/>'),
  ),
  changelog(
    'primary key',
    'migration/primary-key-builds-index',
    xml('<addPrimaryKey tableName="orders" columnNames="id" constraintName="orders_pk"/>'),
  ),
  changelog(
    'required column',
    'migration/not-null-without-default',
    xml(
      '<addColumn tableName="orders">\n            <column name="plan" type="varchar(20)">\n                <constraints nullable="false"/>\n            </column>\n        </addColumn>',
    ),
  ),
  changelog(
    'renamed table',
    'migration/rename-breaks-code',
    xml('<renameTable oldTableName="posts" newTableName="articles"/>'),
  ),
  changelog('SQL index', index, xml('<sql>CREATE INDEX orders_c ON orders (customer_id)</sql>')),
  changelog(
    'SQL foreign key',
    key,
    xml('<sql>ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (customer_id) REFERENCES customers (id);</sql>'),
  ),
  changelog('SQL update', 'migration/update-all-rows', xml("<sql>UPDATE orders SET state = 'new'</sql>")),
  changelog(
    'transaction',
    'migration/concurrently-in-transaction',
    xml('<sql>CREATE INDEX CONCURRENTLY orders_c ON orders (customer_id)</sql>'),
  ),
  changelog(
    'validation',
    'migration/validate-in-same-transaction',
    xml(
      '<sql>ALTER TABLE orders ADD CONSTRAINT k CHECK (a > 1) NOT VALID</sql>',
      '<sql>ALTER TABLE orders VALIDATE CONSTRAINT k</sql>',
    ),
  ),
  changelog(
    'SQL volatile default',
    'migration/add-column-rewrites',
    xml('<sql>ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL</sql>'),
  ),
  changelog(
    'YAML index',
    index,
    yaml(
      '        - createIndex:\n            indexName: orders_customer\n            tableName: orders\n            columns:\n              - column:\n                  name: customer_id\n',
    ),
  ),
  changelog(
    'YAML foreign key among others',
    key,
    yaml(
      '        - addColumn:\n            tableName: orders\n            columns:\n              - column:\n                  name: customer_id\n                  type: bigint\n        - addForeignKeyConstraint:\n            baseTableName: orders\n            baseColumnNames: customer_id\n            constraintName: fk_orders_customer\n            referencedTableName: customers\n            referencedColumnNames: id\n',
    ),
  ),
  changelog(
    'YAML not null',
    'migration/set-not-null-scans',
    yaml('        - addNotNullConstraint:\n            tableName: orders\n            columnName: email\n'),
  ),
  changelog(
    'YAML SQL index',
    index,
    yaml('        - sql:\n            sql: CREATE INDEX orders_c ON orders (customer_id)\n'),
  ),
  changelog(
    'YAML SQL update',
    'migration/update-all-rows',
    yaml("        - sql:\n            sql: UPDATE orders SET state = 'new'\n"),
  ),
  changelog(
    'YAML unique constraint',
    'migration/unique-builds-index',
    yaml(
      '        - addUniqueConstraint:\n            tableName: orders\n            columnNames: number\n            constraintName: orders_number\n',
    ),
  ),
  changelog(
    'JSON index',
    index,
    json({
      createIndex: {
        indexName: 'orders_customer',
        tableName: 'orders',
        columns: [{ column: { name: 'customer_id' } }],
      },
    }),
  ),
  changelog(
    'JSON foreign key',
    key,
    json({
      addForeignKeyConstraint: {
        baseTableName: 'orders',
        baseColumnNames: 'customer_id',
        constraintName: 'fk_o',
        referencedTableName: 'customers',
        referencedColumnNames: 'id',
      },
    }),
  ),
  changelog(
    'JSON not null',
    'migration/set-not-null-scans',
    json({ addNotNullConstraint: { tableName: 'orders', columnName: 'email' } }),
  ),
  changelog('JSON SQL update', 'migration/update-all-rows', json({ sql: { sql: "UPDATE orders SET state = 'new'" } })),
  changelog(
    'foreign key on a condition',
    key,
    xml(
      '<preConditions onFail="MARK_RAN">\n            <not><foreignKeyConstraintExists foreignKeyName="fk_orders_customer"/></not>\n        </preConditions>',
      '<addForeignKeyConstraint baseTableName="orders" baseColumnNames="customer_id" constraintName="fk_orders_customer" referencedTableName="customers" referencedColumnNames="id"/>',
    ),
  ),
  {
    ...changelog(
      'lock timeout',
      'migration/hot-table-without-lock-timeout',
      xml('<addColumn tableName="orders">\n            <column name="note" type="text"/>\n        </addColumn>'),
    ),
    tables: { orders: { rows: 50000000, readsPerSecond: 900, writesPerSecond: 200 } },
  },
]
