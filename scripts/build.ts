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
import { join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { parse } from 'yaml'
import { filePlugin, validatorPlugin } from './plugins.ts'

// Builds dist/: `node scripts/build.ts`. With --check it builds elsewhere and fails when dist/ differs.

const entries = { cli: 'src/cli.ts', action: 'src/action.ts', index: 'src/index.ts' }

async function build(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'wasm'), { recursive: true })
  const files = new Map<string, string>()
  const input = Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path)))
  const bundle = await rolldown({
    input,
    platform: 'node',
    plugins: [filePlugin(files), validatorPlugin()],
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
  })
  await bundle.close()
  for (const [name, path] of files) copyFileSync(path, join(folder, 'wasm', name))
  writeFileSync(join(folder, 'rules.json'), `${JSON.stringify(readRuleFiles())}\n`)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
}

/** The rule files as data, sorted by id. Their validity is proven by the tests, which run every example. */
function readRuleFiles(): readonly unknown[] {
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
  const fresh = mkdtempSync('.dist-')
  try {
    await build(fresh)
    rmSync('dist', { recursive: true, force: true })
    renameSync(fresh, 'dist')
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  console.log('built dist/')
}
