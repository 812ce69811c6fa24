import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import type { Parser, Tree } from 'web-tree-sitter'
import { memo } from './source.ts'
import type { Source } from './types.ts'

/** Languages read with tree-sitter. */
export type Grammar = 'ruby' | 'python' | 'javascript' | 'typescript' | 'tsx' | 'shell' | 'hcl' | 'php' | 'elixir'

/** Keeps V8 from optimising huge generated parsers: 870 ms and 590 MB become 130 ms and 65 MB for one statement. Before the first compile. */
export function keepWasmSmall(): void {
  setFlagsFromString('--no-wasm-tier-up')
  setFlagsFromString('--no-wasm-dynamic-tiering')
}

const grammarFiles = {
  ruby: () => import('tree-sitter-ruby/tree-sitter-ruby.wasm?file'),
  python: () => import('tree-sitter-python/tree-sitter-python.wasm?file'),
  javascript: () => import('tree-sitter-javascript/tree-sitter-javascript.wasm?file'),
  typescript: () => import('tree-sitter-typescript/tree-sitter-typescript.wasm?file'),
  tsx: () => import('tree-sitter-typescript/tree-sitter-tsx.wasm?file'),
  shell: () => import('tree-sitter-bash/tree-sitter-bash.wasm?file'),
  hcl: () => import('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm?file'),
  php: () => import('tree-sitter-php/tree-sitter-php.wasm?file'),
  elixir: () => import('tree-sitter-elixir/tree-sitter-elixir.wasm?file'),
} satisfies Record<Grammar, () => Promise<{ default: string }>>

const parsers = new Map<Grammar, Promise<Parser>>()

// Trees live in WASM memory, which the garbage collector does not see.
const release = new FinalizationRegistry<Tree>(tree => tree.delete())

async function loadParser(grammar: Grammar): Promise<Parser> {
  keepWasmSmall()
  const [{ Language, Parser }, runtime, file] = await Promise.all([
    import('web-tree-sitter'),
    import('web-tree-sitter/web-tree-sitter.wasm?file'),
    grammarFiles[grammar](),
  ])
  await Parser.init({ wasmBinary: readFileSync(runtime.default) })
  const parser = new Parser()
  parser.setLanguage(await Language.load(readFileSync(file.default)))
  return parser
}

/** Loads a grammar once. */
export function parserFor(grammar: Grammar): Promise<Parser> {
  const parser = parsers.get(grammar) ?? loadParser(grammar)
  parsers.set(grammar, parser)
  return parser
}

/** Longest parse before a file is given up. */
const parseLimitMs = 2000

/** The syntax tree of a source. Broken code gives a tree with error nodes; undefined when parsing takes too long. */
export function treeOf(source: Source, grammar: Grammar): Promise<Tree | undefined> {
  return memo(source, `tree:${grammar}`, async () => {
    const parser = await parserFor(grammar)
    const stopAt = performance.now() + parseLimitMs
    const tree = parser.parse(source.text, null, { progressCallback: () => performance.now() > stopAt })
    if (!tree) {
      parser.reset()
      return undefined
    }
    release.register(source, tree)
    return tree
  })
}
