import { describe, expect, test } from 'vitest'
import { flagsOf, guardOf, tiesOf } from '../../src/rule/guard.ts'

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
    ['!newTable && rows > 3', { newTable: false, rows: 1 }, false],
    ["operation in ['truncate', 'drop-table'] && rows != 0", { operation: 'truncate' }, true],
    ["operation in ['truncate', 'drop-table'] && rows != 0", { operation: 'reindex' }, false],
    ["(operation == 'truncate' || operation == 'reindex') && a", { operation: 'reindex' }, true],
    ["(operation == 'truncate' || operation == 'reindex') && a", { operation: 'set-default' }, false],
    // Choices hold back what none of them lets pass.
    ["operation == 'truncate' || notNull", { operation: 'reindex', notNull: false }, false],
    ["operation == 'truncate' || notNull", { operation: 'reindex', notNull: true }, true],
    ["operation == 'truncate' && notNull || rows > 3", { operation: 'truncate', notNull: false, rows: 3 }, false],
    ["operation == 'truncate' && notNull || rows > 3", { operation: 'reindex', notNull: false, rows: 4 }, true],
    ["a && (operation == 'truncate' || (notNull && rows >= 4))", { a: true, notNull: true, rows: 3 }, false],
    ["(operation == 'truncate') || (notNull)", { operation: 'truncate', notNull: false }, true],
    // Numbers, patterns, and fields of fields. To compare what is absent is an error, which does not hold.
    ['ratio <= 0.25', { ratio: 0.25 }, true],
    ['ratio <= 0.25', { ratio: 0.5 }, false],
    ['ratio <= 0.25', {}, false],
    ['ratio < -1', { ratio: -2 }, true],
    ['rows == 0', { rows: 1 }, false],
    ['rows != null', {}, false],
    ['rows != null', { rows: 0 }, true],
    ['rows == null', { rows: 0 }, true],
    ['key.matches("^max_\\\\d+$")', { key: 'max_12' }, true],
    ['key.matches("^max_\\\\d+$")', { key: 'max_' }, false],
    ['!key.matches("^max")', { key: 'max_' }, false],
    ['!key.matches("^max")', { key: 'min' }, true],
    ['key.matches("a") || key.matches(pattern)', { key: 'b' }, true],
    ["place.kind == 'compose/service'", { place: { kind: 'k8s/Pod' } }, false],
    ["place.kind == 'compose/service'", { place: { kind: 'compose/service' } }, true],
    ["operation != 'truncate'", { operation: 'truncate' }, false],
    // What is asked otherwise is left to CEL.
    ["file.role == 'live'", {}, true],
    ["siblings.exists(k, k == 'a' && rows > 3)", { rows: 1 }, true],
    ['rows > other', { rows: 1, other: 2 }, true],
    ['key.matches(r"a")', { key: 'b' }, true],
    ["!(operation == 'truncate')", { operation: 'truncate' }, true],
    ["operation == 'truncate' ? a : b", { operation: 'reindex' }, true],
    ["(operation == 'truncate' || notNull) && true", { operation: 'reindex', notNull: false }, false],
    ["text == 'a && b' && operation == 'truncate'", { text: 'a && b', operation: 'truncate' }, true],
    ["text == 'it\\'s' && operation == 'truncate'", { operation: 'reindex' }, false],
    ["path.matches('x') && operation == 'truncate'", { operation: 'reindex' }, false],
    // An absent flag is null: what CEL says of that is its affair.
    ['optionalFlag && !other', {}, true],
  ])('%s of %j: %s', (condition, fields, passes) => {
    expect(guardOf(condition)(fact(fields))).toBe(passes)
  })
})

describe('the words that a condition ties a field to', () => {
  test.each([
    ["operation == 'add-column' && notNull", { operation: ['add-column'] }],
    ['operation in [\'truncate\', "drop-table"] && rows != 0', { operation: ['truncate', 'drop-table'] }],
    // Every choice has to name the field.
    ["operation == 'truncate' || operation == 'reindex' && notNull", { operation: ['truncate', 'reindex'] }],
    ["operation == 'truncate' || notNull", {}],
    // What stands in parentheses, or is compared with another field, is no tie.
    ["scans && (operation == 'truncate')", {}],
    ['operation == how', {}],
    ["operation != 'truncate'", {}],
    ["file.kind == 'compose'", {}],
    ["a ? operation == 'truncate' : b", {}],
  ] as const)('%s', (condition, wanted) => {
    const ties = Object.fromEntries([...tiesOf(condition)].map(([name, words]) => [name, [...words]]))
    expect(ties).toEqual(wanted)
  })
})

describe('the flags that a condition needs', () => {
  test.each([
    ["operation == 'add-column' && !newTable && notNull", { newTable: false, notNull: true }],
    // A choice needs what all its parts need.
    ['!newTable && a || !newTable && b', { newTable: false }],
    ['!newTable && a || newTable && a', { a: true }],
    // A flag inside of parentheses or of a conditional is not looked for.
    ["heldLock != '' && ((a && !newTable) || b)", {}],
    ['a ? !newTable : b', {}],
    ['true && rows > 3', {}],
  ] as const)('%s', (condition, wanted) => {
    expect(Object.fromEntries(flagsOf(condition))).toEqual(wanted)
  })
})
