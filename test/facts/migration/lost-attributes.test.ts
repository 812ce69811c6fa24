import { expect, test } from 'vitest'
import { factsOf } from './facts-of.ts'

const mysql = { 'config/database.yml': 'production:\n  adapter: mysql2\n' }
const created = `CREATE TABLE t (
  id int PRIMARY KEY AUTO_INCREMENT,
  n varchar(20) NOT NULL DEFAULT 'x',
  o varchar(20),
  p timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  q int GENERATED ALWAYS AS (id * 2) VIRTUAL
) ENGINE=InnoDB;\n`

async function lost(clause: string): Promise<readonly string[]> {
  const { facts } = await factsOf([{ path: 'migrations/9_x.up.sql', head: `ALTER TABLE t ${clause};\n` }], {
    ...mysql,
    'migrations/1_init.up.sql': created,
  })
  return facts.flatMap(fact => fact.lost)
}

test.each([
  ['MODIFY n varchar(40)', ["DEFAULT 'x'", 'NOT NULL']],
  ['MODIFY COLUMN n varchar(40) NOT NULL', ["DEFAULT 'x'"]],
  ["MODIFY n varchar(40) DEFAULT 'x'", ['NOT NULL']],
  ['CHANGE n m varchar(40) NULL DEFAULT NULL', []],
  ["CHANGE COLUMN n m varchar(40) DEFAULT 'y' NOT NULL", []],
  ['MODIFY id bigint NOT NULL', ['AUTO_INCREMENT']],
  ['MODIFY id bigint NOT NULL AUTO_INCREMENT', []],
  // The key goes to another column, for which this one has to stop counting.
  ['MODIFY id bigint NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (o)', []],
  ['MODIFY id bigint NOT NULL, MODIFY id bigint NOT NULL AUTO_INCREMENT', []],
  // The type stays: the rest is what the statement is about.
  ['MODIFY n varchar(20)', []],
  ['MODIFY o varchar(40)', []],
  ['MODIFY p datetime NOT NULL', ['DEFAULT CURRENT_TIMESTAMP']],
  ['MODIFY q bigint', []],
  ["MODIFY n varchar(40) NOT NULL DEFAULT ''", []],
])('%s loses %j', async (clause, wanted) => {
  expect(await lost(clause)).toEqual(wanted)
})

const knex = (chain: string) =>
  `exports.up = knex => knex.schema.alterTable('t', t => { ${chain} })\nexports.down = () => {}\n`

test.each([
  ["t.string('n', 40).alter()", ["DEFAULT 'x'", 'NOT NULL']],
  ["t.string('n', 40).notNullable().defaultTo('x').alter()", []],
  ["t.string('n', 40).nullable().defaultTo(null).alter()", []],
  ["t.string('n', 40).alter({ alterNullable: false })", []],
])('Knex on Postgres: %s', async (chain, wanted) => {
  const base = `exports.up = knex => knex.schema.createTable('t', t => { t.increments(); t.string('n', 20).notNullable().defaultTo('x') })\n`
  const { facts } = await factsOf([{ path: 'migrations/20260202-x.js', head: knex(chain) }], {
    'migrations/20260101-x.js': base,
    'knexfile.js': "module.exports = { client: 'pg' }\n",
  })
  expect(facts.flatMap(fact => fact.lost)).toEqual(wanted)
})
