import { indexLines, lineSpan, positionAt, type Span } from '../../text/lines.ts'
import type { SettingFact } from './index.ts'

/** One setting as one side of the file has it. */
export interface Setting {
  readonly program: SettingFact['program']
  readonly name: string
  readonly within: string
  readonly value: string
  readonly span: Span
  readonly building?: boolean
}

/** Reads the settings of a file; none for files that hold none. */
export async function settingsOf(path: string, text: string): Promise<readonly Setting[]> {
  if (/\.rb$/.test(path)) return (await import('./rails.ts')).railsSettings(path, text)
  if (/\.py$/.test(path)) return djangoSettings(text)
  if (/\.exs$/.test(path)) return elixirReads(path, text)
  if (/(^|\/)(Gemfile|package\.json|requirements[^/]*|pyproject\.toml)$|(^|\/)requirements\//.test(path)) {
    const { manifestSettings } = await import('./manifest.ts')
    return manifestSettings(path, text)
  }
  if (/\.env(\.[\w-]+)?$/.test(path)) return dotenvSettings(text)
  if (/\.ini$|supervisord?[^/]*\.conf$/.test(path)) return iniSettings(text)
  return (await import('./nginx.ts')).nginxSettings(text)
}

/** Settings that a pattern finds line by line; its groups `name` and `value` tell. */
function byLine(text: string, pattern: RegExp, program: Setting['program']): readonly Setting[] {
  const lines = indexLines(text)
  return text.split('\n').flatMap((line, at) => {
    const { name = '', value = '' } = pattern.exec(line)?.groups ?? {}
    const clean = value.replace(/\s+#.*$/, '').trim()
    return name === '' ? [] : [{ program, name, within: '', value: clean, span: lineSpan(lines, at + 1) }]
  })
}

/** Top level of a settings module: the first line of each assignment. */
function djangoSettings(text: string): readonly Setting[] {
  return byLine(text, /^(?<name>[A-Z][A-Z0-9_]*)\s*(?::[^=]+)?=(?!=)\s*(?<value>.*)$/, 'django')
}

/** `KEY=value`, and `KEY: value` as some tools write it. */
function dotenvSettings(text: string): readonly Setting[] {
  return byLine(text, /^\s*(?:export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*(?:=|:\s)\s*(?<value>.*)$/, 'dotenv')
}

function iniSettings(text: string): readonly Setting[] {
  const lines = indexLines(text)
  let section = ''
  return text.split('\n').flatMap((line, at) => {
    section = /^\[([^\]]+)\]/.exec(line)?.[1] ?? section
    const [, key, value = ''] = /^([\w.:-]+?)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? []
    if (key === undefined) return []
    const setting = { program: 'ini' as const, name: `${section}.${key}`, within: section, value }
    return [{ ...setting, span: lineSpan(lines, at + 1) }]
  })
}

/** Environment variables that a configuration script reads. All but `runtime.exs` and `releases.exs` run in the build. */
function elixirReads(path: string, text: string): readonly Setting[] {
  if (/(^|\/)(runtime|releases|test|dev)[\w.-]*\.exs$/.test(path)) return []
  const lines = indexLines(text)
  const bare = text.replace(/^\s*#.*$/gm, line => ' '.repeat(line.length))
  return [...bare.matchAll(/System\.(?:get_env|fetch_env!?)\(\s*"(\w+)"/g)].map(found => ({
    program: 'elixir',
    name: found[1] ?? '',
    within: '',
    value: found[0],
    span: lineSpan(lines, positionAt(lines, found.index).line),
    building: true,
  }))
}
