import { expect, test } from 'vitest'
import { isWayBack, sectionsOf } from '../../../../src/facts/migration/frontends/sql-sections.ts'

const up = (path: string, text: string) => sectionsOf(path, text)

test.each([
  ['goose', '-- +goose Up\nSELECT 1;\n-- +goose Down\nDROP TABLE t;\n', 'wrapped'],
  ['goose', '-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nDROP TABLE t;\n', 'each'],
  ['dbmate', '-- migrate:up\nSELECT 1;\n-- migrate:down\nDROP TABLE t;\n', 'wrapped'],
  ['dbmate', '-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\nDROP TABLE t;\n', 'each'],
  ['sql-migrate', '-- +migrate Up\nSELECT 1;\n-- +migrate Down\nDROP TABLE t;\n', 'wrapped'],
  ['sql-migrate', '-- +migrate Down\nDROP TABLE t;\n-- +migrate Up notransaction\nSELECT 1;\n', 'each'],
  ['play', '# --- !Ups\nSELECT 1;\n# --- !Downs\nDROP TABLE t;\n', 'wrapped'],
])('%s: the way back is left out', (framework, text, transaction) => {
  const sections = up('db/1_x.sql', text)
  expect(sections).toMatchObject({ framework, transaction })
  expect(sections.up).toContain('SELECT 1')
  expect(sections.up).not.toContain('DROP')
  expect(sections.up).toHaveLength(text.length)
  expect(sections.down).toContain('DROP TABLE t')
})

test('runners by path', () => {
  expect(up('db/V2__x.sql', 'SELECT 1')).toMatchObject({ framework: 'flyway', transaction: 'wrapped' })
  expect(up('db/V2__x.sql', 'CREATE INDEX CONCURRENTLY i ON t (a)')).toMatchObject({ transaction: 'each' })
  expect(up('prisma/migrations/20240101000000_x/migration.sql', 'SELECT 1')).toMatchObject({
    framework: 'prisma',
    singleIsBare: true,
  })
  expect(up('migrations/1_x.sql', 'SELECT 1')).toMatchObject({ framework: 'sql', transaction: 'likely' })
})

test('files of the way back', () => {
  for (const path of ['m/1_x.down.sql', 'm/1_x/down.sql', 'db/U2__x.sql', 'sqitch/revert/x.sql', 'm/x_rollback.sql'])
    expect(isWayBack(path)).toBe(true)
  for (const path of ['m/1_x.up.sql', 'm/1_shutdown.sql', 'db/V2__undo.sql', 'm/1_x/up.sql'])
    expect(isWayBack(path)).toBe(false)
})
