import type { JsValue } from '../../../artifact/javascript.ts'
import type { Engine } from '../../../config/types.ts'

/** Whether a condition holds in production on the project's engine, where its text tells. */
export function holding(value: JsValue, engine: Engine | undefined, depth = 0): boolean | undefined {
  if (depth > 12) return undefined
  if (value.kind === 'boolean') return value.value
  if (value.kind === 'none') return false
  if (value.kind !== 'compared') return plain(shown(value), engine)
  const { operator, left, right } = value
  if (operator === '!') {
    const inner = holding(left, engine, depth + 1)
    return inner === undefined ? undefined : !inner
  }
  if (operator === '&&' || operator === '||') {
    const [one, other] = [holding(left, engine, depth + 1), holding(right, engine, depth + 1)]
    const decides = operator === '||'
    if (one === decides || other === decides) return decides
    return one === undefined || other === undefined ? undefined : !decides
  }
  if (!/^[!=]==?$/.test(operator)) return undefined
  const equal = equals(left, right, engine) ?? equals(right, left, engine)
  return equal === undefined ? undefined : equal !== operator.startsWith('!')
}

const engineWord = /postgres|mysql|mariadb|sqlite|\bpg\b|mssql|cockroach|oracle/i

function plain(text: string, engine: Engine | undefined): boolean | undefined {
  if (/\b(is|get)?(development|test)(env|mode|ing)?(\(\))?$/i.test(text)) return undefined
  if (!/(^|[.\s])_?is\w*(postgres|mysql|mariadb|sqlite|pg|mssql)\w*(\(.*\))?$/i.test(text)) return undefined
  const word = engineWord.exec(text)?.[0] ?? /pg/i.exec(text)?.[0]
  return word === undefined ? undefined : same(word, engine)
}

function equals(what: JsValue, to: JsValue, engine: Engine | undefined): boolean | undefined {
  if (to.kind !== 'text') return undefined
  const name = shown(what)
  if (/\bNODE_ENV\b/.test(name)) return to.text === 'production'
  if (!/client|dialect|driver|adapter|engine|\.type$|database|\bdb\b|provider/i.test(name) || !engineWord.test(to.text))
    return undefined
  return same(to.text, engine)
}

function same(word: string, engine: Engine | undefined): boolean | undefined {
  if (engine === undefined) return undefined
  const lower = word.toLowerCase()
  if (/postgres|pg/.test(lower)) return engine === 'postgres'
  if (/mysql|mariadb/.test(lower)) return engine === 'mysql' || engine === 'mariadb'
  return lower.includes('sqlite') ? engine === 'sqlite' : false
}

/** The chain of names of a value; calls are shown as `()`. */
function shown(value: JsValue, depth = 0): string {
  if (depth > 20) return ''
  if (value.kind === 'name') return value.name
  if (value.kind === 'member') return `${shown(value.of, depth + 1)}.${value.name}`
  if (value.kind === 'call') return `${shown(value.callee, depth + 1)}()`
  return value.kind === 'code' ? value.source : ''
}
