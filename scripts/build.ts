import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { parse } from 'yaml'
import { plugins } from './plugins.ts'

// Builds dist/: `node scripts/build.ts [folder]`. With --check it builds elsewhere and fails when dist/ differs.

const entries = { cli: 'src/cli.ts', action: 'src/action.ts', index: 'src/index.ts' }

async function build(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'wasm'), { recursive: true })
  const files = new Map<string, string>()
  const input = Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path)))
  const bundle = await rolldown({
    input,
    platform: 'node',
    // The ES modules of the package, of which only what is used is bundled.
    resolve: {
      alias: {
        yaml: resolve('node_modules/yaml/browser/dist/index.js'),
        // Its main file is UMD with a require() that no bundler sees through.
        'jsonc-parser': resolve('node_modules/jsonc-parser/lib/esm/main.js'),
      },
    },
    plugins: [...plugins(files)],
    // Postgres' parser is CommonJS made by Emscripten; in an ESM bundle these names do not exist.
    transform: { define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' } },
    onLog(level, log, handle) {
      // web-tree-sitter and ajv's generated code are known to use eval-like constructs that never run here.
      if (log.code !== 'EVAL') handle(level, log)
    },
  })
  await bundle.write({
    dir: folder,
    format: 'esm',
    minify: true,
    comments: { legal: false },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name].js',
    // Every module costs about a millisecond to load: what (nearly) every run needs shares a file. Parsers stay apart.
    codeSplitting: {
      groups: [
        {
          name: 'core',
          test: /src\/(text|change\/(?!from-patch))|src\/config\/load|src\/rule\/(?!load|folder|condition|compile)|src\/check\.ts|src\/commands\/(check|io|session|arguments)\.ts|src\/facts\/(index|types|fields)\.ts|src\/facts\/\w[\w-]*\/index\.ts|src\/facts\/merge\/|src\/facts\/syntax\/(extract|anchor|conflict|problem|readers|template)\.ts|src\/artifact\/(classify|load|source|types|trees)\.ts|node_modules\/(diff|minimatch|brace-expansion|balanced-match|picocolors)\//,
        },
        { name: 'conditions', test: /node_modules\/@marcbachmann|src\/rule\/(condition|compile)\.ts/ },
        {
          name: 'data',
          test: /src\/facts\/(syntax|value)\/|src\/artifact\/(yaml|plain|documents)|node_modules\/yaml\//,
        },
      ],
    },
  })
  await bundle.close()
  for (const [name, path] of files) copyFileSync(path, join(folder, 'wasm', name))
  const rules = readRuleFiles()
  writeFileSync(join(folder, 'rules.json'), `${JSON.stringify(rules.map(({ examples: _, ...rule }) => rule))}\n`)
  writeFileSync(
    join(folder, 'examples.json'),
    `${JSON.stringify(Object.fromEntries(rules.map(rule => [rule.id, rule.examples])))}\n`,
  )
  writeTypes(join(folder, 'types'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
}

/** The declarations of the public interface: what src/index.ts exports, and what that refers to. */
function writeTypes(folder: string): void {
  const all = mkdtempSync(join(tmpdir(), 'premortem-types-'))
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.types.json', '--outDir', all], { stdio: 'inherit' })
  const wanted = ['index.d.ts']
  for (const name of wanted) {
    const text = readFileSync(join(all, name), 'utf8')
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
    for (const [, path = ''] of text.matchAll(/from '(\.[^']*)\.ts'/g)) {
      const next = `${join(dirname(name), path)}.d.ts`
      if (!wanted.includes(next)) wanted.push(next)
    }
  }
  rmSync(all, { recursive: true })
}

/** The rule files as data, sorted by id. Their validity is proven by the tests, which run every example. */
function readRuleFiles(): readonly { readonly id: string; readonly examples: unknown }[] {
  return filesBelow('rules')
    .filter(path => path.endsWith('.yml'))
    .map(path => parse(readFileSync(path, 'utf8')))
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
}

/** Files in which two folders differ. */
function differences(a: string, b: string): readonly string[] {
  const names = new Set(
    [a, b].flatMap(folder => (existsSync(folder) ? filesBelow(folder).map(path => relative(folder, path)) : [])),
  )
  return [...names].filter(name => {
    const [left, right] = [join(a, name), join(b, name)]
    return !existsSync(left) || !existsSync(right) || !readFileSync(left).equals(readFileSync(right))
  })
}

if (process.argv.includes('--check')) {
  const fresh = mkdtempSync(join(tmpdir(), 'premortem-dist-'))
  await build(fresh)
  const stale = differences(fresh, 'dist')
  rmSync(fresh, { recursive: true })
  if (stale.length > 0) {
    console.error(`dist/ is stale: ${stale.join(', ')}\nRun: npm run build`)
    process.exitCode = 1
  } else console.log('dist/ is fresh')
} else {
  // A build that fails leaves the old one in place.
  const target = process.argv[2] ?? 'dist'
  const fresh = mkdtempSync(`${target}.new-`)
  try {
    await build(fresh)
    rmSync(target, { recursive: true, force: true })
    renameSync(fresh, target)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  console.log(`built ${target}/`)
}
