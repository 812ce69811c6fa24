import type { Language, Source } from '../../artifact/types.ts'
import { type Found, outside } from './found.ts'

/** Languages without a parser here, in which calls to a key-value store are told by their names. */
export const plainLanguages: readonly Language[] = ['go', 'java', 'kotlin', 'php']

/** What makes a file one that talks to such a store. */
const client = /redis|jedis|lettuce|valkey|rueidis|redisson|predis/i

const storeCall =
  /(?<![\w.>$])((?:\$?\w+(?:\([^()\n]{0,80}\))?(?:\.|->|::|\?\.))+)(keys|flushall|flushdb|flushAllAsync|flushDBAsync)\s*\(/gi

/** Arguments that say for how long, not what. */
const context = /^(ctx|context|[\w.]*Context\(\)|context\.(Background|TODO)\(\))$/

/** Calls that walk through or empty a whole store, in a file that uses a client of one. */
export function storeCalls(
  source: Source,
  language: Language,
  wants: (start: number, end: number) => boolean,
): readonly Found[] {
  const { text } = source
  if (!client.test(text)) return []
  return [...text.matchAll(storeCall)].flatMap((match): readonly Found[] => {
    const [whole, owner = '', name = ''] = match
    const start = match.index
    const end = start + whole.length - 1
    const line = text.slice(text.lastIndexOf('\n', start) + 1, start)
    const inString = line.split('"').length % 2 === 0
    if (!wants(start, end) || inString || /^\s*(\/\/|\*|#|\/\*)/.test(line)) return []
    const receiver = owner.replace(/(\.|->|::|\?\.)$/, '')
    return [
      {
        ...outside,
        start,
        end,
        language,
        callee: `${owner}${name}`,
        name,
        receiver,
        arguments: argumentsAt(text, end + 1).filter(argument => !context.test(argument)),
        words: [],
        variables: [],
        pipedFrom: [],
        onlyWhenCalled: true,
        runsOnLoad: false,
        httpMethod: '',
        url: '',
        targetNamed: false,
        unsetVariable: '',
        runsUrl: '',
        productionDefault: '',
      },
    ]
  })
}

/** The arguments of a call as written, from behind its bracket; those of calls inside them stay in one piece. */
function argumentsAt(text: string, from: number): readonly string[] {
  const found: string[] = []
  let depth = 0
  let start = from
  for (let at = from; at < Math.min(text.length, from + 400); at++) {
    const char = text.charAt(at)
    if (char === '(' || char === '[') depth++
    const ends = depth === 0 && (char === ',' || char === ')')
    if (ends) {
      const argument = text.slice(start, at).trim()
      if (argument !== '') found.push(argument.replace(/^(["'`])([^"'`]*)\1$/, '$2'))
      start = at + 1
      if (char === ')') return found
    }
    if (char === ')' || char === ']') depth--
  }
  return found
}
