import { is, splitAtCommas, type Token } from './mysql-tokens.ts'

export interface Setting {
  readonly name: string
  readonly value: string
}

function settingOf(part: readonly Token[]): Setting | undefined {
  let at = 0
  while (is(part[at], 'SESSION', 'GLOBAL', 'LOCAL', 'PERSIST', 'PERSIST_ONLY', '@@SESSION', '@@GLOBAL', '@@LOCAL', '.'))
    at++
  const name = part[at]
  if (name === undefined || (name.value.startsWith('@') && !name.value.startsWith('@@'))) return undefined
  const assign = part.findIndex(token => is(token, '='))
  const values = part.slice(assign + 1).filter(token => token.key !== ':')
  if (assign < 0 || values.length === 0) return undefined
  return { name: name.value.replace(/^@@/, '').toLowerCase(), value: values.map(token => token.value).join('') }
}

/** Server variables that a SET sets. `SET NAMES`, user variables and passwords set none. */
export function settings(tokens: readonly Token[]): readonly Setting[] {
  if (!is(tokens[0], 'SET')) return []
  return splitAtCommas(tokens.slice(1)).flatMap(part => settingOf(part) ?? [])
}

/** MariaDB: `SET STATEMENT a = 1 FOR …`: where the statement begins for which alone the settings hold. */
export function behindSettings(
  tokens: readonly Token[],
): { readonly from: number; readonly names: readonly string[] } | undefined {
  if (!is(tokens[0], 'SET') || !is(tokens[1], 'STATEMENT')) return undefined
  const at = tokens.findIndex(token => is(token, 'FOR'))
  if (at < 0) return undefined
  const names = splitAtCommas(tokens.slice(2, at)).flatMap(part => settingOf(part)?.name ?? [])
  return { from: at + 1, names }
}
