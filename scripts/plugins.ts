import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'

/** The part of the plugin interface that rolldown and Vite share and that is needed here. */
interface Plugin {
  readonly name: string
  readonly enforce?: 'pre'
  resolveId(source: string, importer: string | undefined): string | undefined
  load(id: string): string | undefined
}

/**
 * `import path from 'package/file.wasm?file'` gives the absolute path of the file: in the bundle of a copy in
 * `dist/wasm/` (collected in `copied`), in tests of the original.
 */
export function filePlugin(copied?: Map<string, string>): Plugin {
  return {
    name: 'premortem-file',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source.endsWith('?file') && importer ? `\0file:${locate(source.slice(0, -5), importer)}.path` : undefined,
    load(id) {
      if (!id.startsWith('\0file:')) return undefined
      // The id ends in `.path` so that no other plugin takes it for a WASM module.
      const file = id.slice(6, -5)
      if (!copied) return `export default ${JSON.stringify(file)}`
      copied.set(basename(file), file)
      return `import { fileURLToPath } from 'node:url'\nexport default fileURLToPath(new URL('./wasm/${basename(file)}', import.meta.url))`
    },
  }
}

/** `import validate from './x.schema.json?validator'` compiles the schema to plain code, so that ajv itself is not loaded at run time. */
export function validatorPlugin(): Plugin {
  return {
    name: 'premortem-validator',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source.endsWith('?validator') && importer
        ? `\0validator:${resolve(dirname(clean(importer)), source.slice(0, -10))}.code`
        : undefined,
    load(id) {
      if (!id.startsWith('\0validator:')) return undefined
      const schema: unknown = JSON.parse(readFileSync(id.slice(11, -5), 'utf8'))
      // inlineRefs: false keeps the generated code at a fifteenth of its size.
      const ajv = new Ajv2020({
        allErrors: true,
        verbose: true,
        inlineRefs: false,
        code: { source: true, esm: true, lines: true },
        allowUnionTypes: true,
        useDefaults: true,
      })
      const compile = ajv.compile(schema as object)
      const code = (standalone as unknown as { default: typeof standalone }).default ?? standalone
      const text = (code as unknown as (a: unknown, f: unknown) => string)(ajv, compile)
      // The one helper that generated code asks for; its CommonJS default export means another thing to each bundler.
      return text.replace(/require\("ajv\/dist\/runtime\/ucs2length"\)\.default/g, '(text => [...text].length)')
    },
  }
}

/** `import defaults from './x.schema.json?defaults'` gives what the schema says of an empty file. */
export function defaultsPlugin(): Plugin {
  return {
    name: 'premortem-defaults',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source.endsWith('?defaults') && importer
        ? `\0defaults:${resolve(dirname(clean(importer)), source.slice(0, -9))}.code`
        : undefined,
    load(id) {
      if (!id.startsWith('\0defaults:')) return undefined
      const nothing = {}
      new Ajv2020({ useDefaults: true, allowUnionTypes: true }).validate(
        JSON.parse(readFileSync(id.slice(10, -5), 'utf8')),
        nothing,
      )
      return `export default ${JSON.stringify(nothing)}`
    },
  }
}

/** All that src/ needs to be bundled, or loaded by the tests. */
export function plugins(copied?: Map<string, string>): readonly Plugin[] {
  return [filePlugin(copied), validatorPlugin(), defaultsPlugin()]
}

function locate(source: string, importer: string): string {
  return source.startsWith('.')
    ? resolve(dirname(clean(importer)), source)
    : createRequire(clean(importer)).resolve(source)
}

function clean(id: string): string {
  return id.replace(/^\0\w+:/, '').replace(/\?.*$/, '')
}
