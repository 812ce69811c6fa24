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
  return splitAtCommas(tokens.slice(is(tokens[1], 'STATEMENT') ? 2 : 1)).flatMap(part => settingOf(part) ?? [])
}
