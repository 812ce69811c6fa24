import { expect, test } from 'vitest'
import { sourceOf } from '../../../src/artifact/source.ts'
import { failingLoops } from '../../../src/facts/loop/failing.ts'
import { polls } from '../../../src/facts/loop/poll.ts'

const failing = async (path: string, grammar: 'ruby' | 'python' | 'javascript', text: string) =>
  (await failingLoops(sourceOf(path, 'head', text), grammar)).map(({ log }) => log)

test('a pause inside the tried block is skipped by the failure, one after it is not', async () => {
  const loop = (inside: string, after: string): string =>
    `while True:\n    try:\n        sync()\n        ${inside}\n    except Error as e:\n        logger.error(e)\n    ${after}\n`
  expect(await failing('a.py', 'python', loop('time.sleep(1)', 'x = 1'))).toEqual(['logger.error(e)'])
  expect(await failing('a.py', 'python', loop('x = 1', 'time.sleep(1)'))).toEqual([])
})

test('a handler that does more than note is left alone', async () => {
  const text = (handler: string): string => `begin\n  x.run\nrescue => e\n  logger.warn e\n  ${handler}\n  retry\nend\n`
  expect(await failing('a.rb', 'ruby', text('Sentry.capture_exception(e)'))).toEqual(['logger.warn e'])
  for (const handler of ['reconnect', 'raise if (n += 1) > 3', 'sleep 1', 'return nil'])
    expect(await failing('a.rb', 'ruby', text(handler))).toEqual([])
})

test('a loop with an end is no endless loop', async () => {
  const text = 'for (const x of xs) { try { run(x) } catch (e) { console.error(e) } }'
  expect(await failing('a.js', 'javascript', text)).toEqual([])
  expect(await failing('a.js', 'javascript', text.replace('const x of xs', ';;'))).toEqual(['console.error(e)'])
})

test('timers: the function they call by name, their period, and what guards them', async () => {
  const timer = (body: string) => `function load() { ${body} }\nconst every = 5 * 1000\nsetInterval(load, every)\n`
  expect(await polls(sourceOf('a.js', 'head', timer('fetch("/x")')), 'javascript')).toMatchObject([{ periodMs: 5000 }])
  expect(await polls(sourceOf('a.js', 'head', timer('if (busy) return; fetch("/x")')), 'javascript')).toEqual([])
  expect(await polls(sourceOf('a.js', 'head', timer('draw()')), 'javascript')).toEqual([])
})

test.each(['', 'retry', 'loop do', 'while True:', 'setInterval(', '\u0000', 'loop do\nbegin\n'.repeat(400)])(
  'survives %j',
  async text => {
    for (const grammar of ['ruby', 'python', 'javascript'] as const)
      expect(Array.isArray(await failing('a', grammar, text))).toBe(true)
    expect(Array.isArray(await polls(sourceOf('a.js', 'head', text), 'javascript'))).toBe(true)
  },
)
