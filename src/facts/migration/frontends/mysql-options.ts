import type { Operation } from '../operation.ts'
import { textOf } from './mysql-columns.ts'
import { inParentheses, is, type Token } from './mysql-tokens.ts'

/** Table options that write the table anew. */
const rebuilding = [
  'ENGINE',
  'TYPE',
  'ROW_FORMAT',
  'KEY_BLOCK_SIZE',
  'TABLESPACE',
  'ENCRYPTION',
  'ENCRYPTED',
  'PAGE_COMPRESSED',
]

/** Table options that alter the description of the table only. */
const described = [
  'AUTO_INCREMENT',
  'AUTOEXTEND_SIZE',
  'AVG_ROW_LENGTH',
  'CHECKSUM',
  'COLLATE',
  'COMMENT',
  'COMPRESSION',
  'CONNECTION',
  'DELAY_KEY_WRITE',
  'ENCRYPTION_KEY_ID',
  'ENGINE_ATTRIBUTE',
  'IETF_QUOTES',
  'INSERT_METHOD',
  'MAX_ROWS',
  'MIN_ROWS',
  'PACK_KEYS',
  'PAGE_CHECKSUM',
  'PAGE_COMPRESSION_LEVEL',
  'PASSWORD',
  'SECONDARY_ENGINE',
  'SECONDARY_ENGINE_ATTRIBUTE',
  'SEQUENCE',
  'STATS_AUTO_RECALC',
  'STATS_PERSISTENT',
  'STATS_SAMPLE_PAGES',
  'TRANSACTIONAL',
  'UNION',
]

/** Index after `[=] value`. */
function afterValue(tokens: readonly Token[], at: number): number {
  const from = is(tokens[at], '=') ? at + 1 : at
  return is(tokens[from], '(') ? inParentheses(tokens, from).next : from + 1
}

/** Table options, which stand side by side without commas: `ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`. Undefined when one is unknown. */
export function readOptions(table: string, tokens: readonly Token[], source: string): readonly Operation[] | undefined {
  const operations: Operation[] = []
  let at = 0
  while (at < tokens.length) {
    const from = at
    if (is(tokens[at], 'CONVERT') && is(tokens[at + 1], 'TO')) {
      at += 2
      at = afterValue(tokens, is(tokens[at], 'CHARSET') ? at + 1 : at + 2)
      if (is(tokens[at], 'COLLATE')) at = afterValue(tokens, at + 1)
      operations.push({ op: 'rebuild-table', table, how: textOf(tokens.slice(from, at), source) })
      continue
    }
    if (is(tokens[at], 'DEFAULT')) at++
    const option = tokens[at]
    if (is(option, 'CHARACTER', 'CHAR') && is(tokens[at + 1], 'SET')) at = afterValue(tokens, at + 2)
    else if (is(option, 'CHARSET')) at = afterValue(tokens, at + 1)
    else if (is(option, 'DATA', 'INDEX') && is(tokens[at + 1], 'DIRECTORY')) at = afterValue(tokens, at + 2)
    else if (is(option, ...rebuilding)) {
      at = afterValue(tokens, at + 1)
      operations.push({ op: 'rebuild-table', table, how: textOf(tokens.slice(from, at), source) })
      continue
    } else if (is(option, ...described)) at = afterValue(tokens, at + 1)
    else return undefined
    operations.push({ op: 'harmless', what: textOf(tokens.slice(from, at), source), option: true })
  }
  return operations.length > 0 ? operations : undefined
}
