import { describe, expect, test } from 'vitest'
import { guardOf } from '../../src/rule/guard.ts'

const span = { line: 1, column: 1, endLine: 1, endColumn: 1 }
const fact = (fields: Readonly<Record<string, unknown>>) =>
  ({ kind: 'migration', path: 'a.sql', side: 'head', span, ...fields }) as const

describe('a guard', () => {
  test.each([
    ["operation == 'add-column' && notNull", { operation: 'add-column', notNull: true }, true],
    ["operation == 'add-column' && notNull", { operation: 'drop-column', notNull: true }, false],
    ["operation == 'add-column' && notNull", { operation: 'add-column', notNull: false }, false],
    ['operation == "add-column"', { operation: 'drop-column' }, false],
    ['!newTable && rows > 3', { newTable: true, rows: 5 }, false],
    ['!newTable && rows > 3', { newTable: false, rows: 1 }, true],
    ["operation in ['truncate', 'drop-table'] && rows != 0", { operation: 'truncate' }, true],
    ["operation in ['truncate', 'drop-table'] && rows != 0", { operation: 'reindex' }, false],
    ["(operation == 'truncate' || operation == 'reindex') && a", { operation: 'reindex' }, true],
    ["(operation == 'truncate' || operation == 'reindex') && a", { operation: 'set-default' }, false],
    // Anything but a conjunction is left to CEL, and so are parts of it that compare otherwise.
    ["operation == 'truncate' || notNull", { operation: 'reindex', notNull: false }, true],
    ["operation == 'truncate' ? a : b", { operation: 'reindex' }, true],
    ["(operation == 'truncate' || notNull) && true", { operation: 'reindex', notNull: false }, true],
    ["text == 'a && b' && operation == 'truncate'", { text: 'a && b', operation: 'truncate' }, true],
    ["text == 'it\\'s' && operation == 'truncate'", { operation: 'reindex' }, true],
    ["operation != 'truncate'", { operation: 'truncate' }, true],
    ["path.matches('x') && operation == 'truncate'", { operation: 'reindex' }, false],
    // An absent field is null: what CEL says of that is its affair.
    ["how == 'x' && optionalFlag", {}, true],
  ])('%s of %j: %s', (condition, fields, passes) => {
    expect(guardOf(condition)(fact(fields))).toBe(passes)
  })
})
