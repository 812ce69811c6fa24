import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blocksOf, wrap } from '../../src/report/prose.ts'

test('joins the lines of a paragraph and leaves code alone', () => {
  const text = `Add the column without a default first, which is only a change of the catalog,
then fill it in batches.

    ALTER TABLE users ADD COLUMN x int;

- one thing
  that goes on
- another

ALTER TABLE users
  ALTER COLUMN x SET NOT NULL;
`
  expect(blocksOf(text)).toEqual([
    {
      kind: 'prose',
      text: 'Add the column without a default first, which is only a change of the catalog, then fill it in batches.',
    },
    { kind: 'code', text: 'ALTER TABLE users ADD COLUMN x int;' },
    { kind: 'item', text: '- one thing that goes on' },
    { kind: 'item', text: '- another' },
    { kind: 'code', text: 'ALTER TABLE users\n  ALTER COLUMN x SET NOT NULL;' },
  ])
})

test('keeps fenced code as it is, without the fences', () => {
  expect(blocksOf('Say:\n```yaml\njobs:\n\n  - a\n```\nDone.')).toEqual([
    { kind: 'prose', text: 'Say:' },
    { kind: 'code', text: 'jobs:\n\n  - a' },
    { kind: 'prose', text: 'Done.' },
  ])
})

test('loses no word of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '`', '-', '  ', ';', '#', '1', '.') }), text => {
      const words = (value: string) => value.replace(/^\s*```.*$/gm, '').replace(/\s+/g, '')
      expect(
        words(
          blocksOf(text)
            .map(block => block.text)
            .join('\n'),
        ),
      ).toBe(words(text))
    }),
  )
})

test('a file name at the end of a sentence is no key', () => {
  expect(
    blocksOf('The hours, the time zone and the label are all set in the file\npremortem.yml:\n\n    window: x'),
  ).toEqual([
    { kind: 'prose', text: 'The hours, the time zone and the label are all set in the file premortem.yml:' },
    { kind: 'code', text: 'window: x' },
  ])
})

test('wraps at spaces, but not inside a command', () => {
  expect(wrap('Run (`git fetch --all`) and go on.', 20)).toEqual(['Run', '(`git fetch --all`)', 'and go on.'])
  expect(wrap('and a `very long command that does not fit`', 20)).toEqual([
    'and a `very long',
    'command that does',
    'not fit`',
  ])
  expect(wrap('an odd ` backtick', 8)).toEqual(['an odd `', 'backtick'])
})
