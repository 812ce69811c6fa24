import { expect, test } from 'vitest'
import { withoutProse } from '../../../src/facts/usage/prose.ts'

const kept = (path: string, text: string): string[] => withoutProse(path, text.split('\n')).filter(line => line !== '')

test.each([
  ['a.py', '"""Made from orders\n\nand from carts."""\nVERSION = 83\n', ['VERSION = 83']],
  [
    'a.py',
    'VERSION = 83  # see below\n"""\nRemove the key from orders\n"""\nx = 1',
    ['VERSION = 83  # see below', 'x = 1'],
  ],
  [
    'a.py',
    'def f(a,\n      b) -> int:\n    r"""One line from orders."""\n    return 1',
    ['def f(a,', '      b) -> int:', '    return 1'],
  ],
  [
    'a.py',
    'q(\n    """\n    SELECT 1 FROM orders\n    """\n)',
    ['q(', '    """', '    SELECT 1 FROM orders', '    """', ')'],
  ],
  ['a.py', 'sql = """\nSELECT 1 FROM orders\n"""', ['sql = """', 'SELECT 1 FROM orders', '"""']],
  [
    'a.py',
    "q('''\nSELECT 1\n''')\nx = 1\nr = '''\nFROM orders\n'''\ny = 2",
    ["q('''", 'SELECT 1', "''')", 'x = 1', "r = '''", 'FROM orders', "'''", 'y = 2'],
  ],
  ['a.ts', '/*\n  reads from orders\n*/\nrun()', ['run()']],
  ['a.ts', '/** from orders */\nrun()', ['run()']],
  ['a.ts', '/* eslint-disable */ run()', ['/* eslint-disable */ run()']],
  ['a.ex', '  @doc ~S"""\n  Rows from orders\n  """\n  run()', ['  run()']],
  ['a.rb', '=begin\nfrom orders\n=end\nrun', ['run']],
  ['a.ex', '  @moduledoc """\n  Rows from orders\n  """\n  run()', ['  run()']],
  [
    'a.rs',
    'fn f() {}\n#[cfg(test)]\n#[expect(clippy::unwrap_used)]\nmod tests {\n  fn t() {\n    sql("from orders")\n  }\n}\nfn g() {}',
    ['fn f() {}', 'fn g() {}'],
  ],
  ['a.rs', '#[cfg(test)]\nuse x::y;\nfn g() {}', ['#[cfg(test)]', 'use x::y;', 'fn g() {}']],
])('%s: %j', (path, text, left) => {
  expect(kept(path, text)).toEqual(left)
})

test('a text that never ends is left out to the end, and lines keep their numbers', () => {
  expect(withoutProse('a.py', ['"""', 'from orders', 'x = 1'])).toEqual(['', '', ''])
})
