import { expect, test } from 'vitest'
import { undoOf } from '../../src/facts/migration/rewrite/undo.ts'

test.each([
  ['ALTER TABLE shop.orders VALIDATE CONSTRAINT c', ''],
  ['ALTER TABLE "Order" ADD CONSTRAINT "C 1" CHECK (a > 1) NOT VALID', 'ALTER TABLE "Order" DROP CONSTRAINT "C 1"'],
  ['ALTER TABLE orders ADD COLUMN token uuid', 'ALTER TABLE orders DROP COLUMN token'],
  ['ALTER TABLE orders ALTER COLUMN token SET DEFAULT f()', 'ALTER TABLE orders ALTER COLUMN token DROP DEFAULT'],
  ['CREATE UNIQUE INDEX CONCURRENTLY i ON orders (a)', 'DROP INDEX CONCURRENTLY i'],
  ['CREATE FUNCTION s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$', 'DROP FUNCTION s()'],
  [
    'CREATE TRIGGER s BEFORE INSERT OR UPDATE OF n ON shop.orders FOR EACH ROW EXECUTE FUNCTION s()',
    'DROP TRIGGER s ON shop.orders',
  ],
  ['ALTER TABLE orders DROP COLUMN a', undefined],
  ['ALTER TABLE orders ALTER COLUMN a SET NOT NULL', undefined],
])('%s', (sql, undo) => {
  expect(undoOf(sql)).toBe(undo)
})
