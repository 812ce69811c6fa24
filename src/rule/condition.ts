import { Environment, type ParseResult } from '@marcbachmann/cel-js'
import type { Field, Fields, ObjectFields } from '../facts/fields.ts'
import type { Fact, FactKind } from '../facts/types.ts'
import { suggestion } from '../text/distance.ts'
import { UserError } from '../text/errors.ts'
import type { FileView } from './types.ts'

/** The variables of one fact. */
export type Bindings = Readonly<Record<string, unknown>>

export type Condition = (bindings: Bindings) => boolean

/** Codes of CEL errors that mean "these two values cannot be compared": such a comparison does not hold. */
const incomparable = new Set(['no_such_overload', 'no_matching_overload', 'no_such_key'])

const environments = new Map<string, Environment>()

/** The CEL environment of a kind of fact: its fields as variables, plus `path`, `side` and `file`. */
function environmentOf(kind: FactKind): Environment {
  const known = environments.get(kind.name)
  if (known) return known
  const environment = new Environment({ unlistedVariablesAreDyn: false, homogeneousAggregateLiterals: false })
  registerNumbers(environment)
  environment.registerFunction('words(dyn): string', inWords)
  environment.registerVariable('path', 'string').registerVariable('side', 'string')
  environment.registerVariable({
    name: 'file',
    schema: { kind: 'string', language: 'string', role: 'string', environment: 'string', status: 'string' },
  })
  for (const [name, field] of Object.entries(kind.fields)) {
    if (typeof field.type === 'string') environment.registerVariable(name, field.type)
    else environment.registerVariable({ name, schema: schemaOf(field.type) })
  }
  environments.set(kind.name, environment)
  return environment
}

/** CEL keeps integers and floating-point numbers apart; facts have only numbers, and rules write `n * 2 > 3`. */
function registerNumbers(environment: Environment): void {
  const operators = {
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
    '%': (a: number, b: number) => a % b,
  }
  for (const [sign, apply] of Object.entries(operators)) {
    environment.registerOperator(`double ${sign} int`, (a: number, b: bigint) => apply(a, Number(b)))
    environment.registerOperator(`int ${sign} double`, (a: bigint, b: number) => apply(Number(a), b))
  }
  environment.registerOperator('double == int', (a: number, b: bigint) => a === Number(b))
}

function schemaOf(fields: ObjectFields): Record<string, never> {
  const schema = Object.entries(fields).map(([name, field]) => [
    name,
    typeof field.type === 'string' ? field.type : schemaOf(field.type),
  ])
  return Object.fromEntries(schema)
}

/** Checks and compiles a condition. Throws a UserError for a syntax error, an unknown field, or a type that does not fit. */
export function compileCondition(source: string, kind: FactKind, where: string, checked = true): Condition {
  const run = compile(source, kind, where, checked, 'bool')
  return bindings => run(bindings) === true
}

function compile(
  source: string,
  kind: FactKind,
  where: string,
  checked: boolean,
  wanted?: string,
): (bindings: Bindings) => unknown {
  const environment = environmentOf(kind)
  const parsed = attempt(() => environment.parse(source), where, source)
  if (checked) typeCheck(parsed, source, kind, where, wanted)
  return bindings => {
    try {
      return parsed(bindings)
    } catch (error) {
      if (error instanceof Error && 'code' in error && incomparable.has(String(error.code))) return undefined
      throw error
    }
  }
}

function typeCheck(parsed: ParseResult, source: string, kind: FactKind, where: string, wanted?: string): void {
  const { valid, type, error } = parsed.check()
  if (!valid) {
    const message = error?.message ?? 'not valid'
    throw new UserError(`${where}: ${firstLine(message)}${hintFor(message, kind)} in: ${source}`)
  }
  if (wanted !== undefined && type !== wanted && type !== 'dyn')
    throw new UserError(`${where}: the condition is of type ${String(type)}, not ${wanted}: ${source}`)
  checkWords(source, kind.fields, where)
}

function attempt<T>(action: () => T, where: string, source: string): T {
  try {
    return action()
  } catch (error) {
    throw new UserError(`${where}: ${firstLine(error instanceof Error ? error.message : String(error))} in: ${source}`)
  }
}

function hintFor(message: string | undefined, kind: FactKind): string {
  const unknown = /Unknown variable: (\w+)/.exec(message ?? '')?.[1]
  if (unknown === undefined) return ''
  return (
    suggestion(unknown, ['path', 'side', 'file', ...Object.keys(kind.fields)]) ||
    ` (fields of ${kind.name}: ${Object.keys(kind.fields).join(', ')})`
  )
}

/** A word that a closed field can never have would make a rule that never fires. */
function checkWords(source: string, fields: Fields, where: string): void {
  for (const [name, field] of Object.entries(fields)) {
    const words = wordsOf(field)
    if (words === undefined) continue
    const compared = new RegExp(`(?<![.\\w])${name}\\s*(?:[!=]=\\s*("[^"]*"|'[^']*')|in\\s*\\[([^\\]]*)\\])`, 'g')
    for (const match of source.matchAll(compared))
      for (const [, quoted = ''] of (match[1] ?? match[2] ?? '').matchAll(/["']([^"']*)["']/g))
        if (!words.includes(quoted))
          throw new UserError(
            `${where}: ${name} is never "${quoted}"${suggestion(quoted, words)}; it is one of ${words.join(', ')}`,
          )
  }
}

function wordsOf(field: Field<unknown>): readonly string[] | undefined {
  return 'words' in field && Array.isArray(field.words) ? field.words : undefined
}

const absent = new Map<FactKind, Bindings>()

/** All fields of a kind, as conditions see them where a fact leaves them out. */
function absentOf(kind: FactKind): Bindings {
  const known = absent.get(kind) ?? Object.fromEntries(Object.keys(kind.fields).map(name => [name, null]))
  absent.set(kind, known)
  return known
}

/** The variables of a fact for its conditions: absent optional fields are null. */
export function bindingsOf(fact: Fact, kind: FactKind, file: FileView): Bindings {
  return { ...absentOf(kind), ...fact, file }
}

/** Compiles a message: text with CEL expressions in braces. `{{` stands for a brace. */
export function compileMessage(
  template: string,
  kind: FactKind,
  where: string,
  checked = true,
): (bindings: Bindings) => string {
  const parts: (string | ((bindings: Bindings) => unknown))[] = []
  for (const [, brace, expression, text, stray] of template.matchAll(/(\{\{|\}\})|\{([^{}]+)\}|([^{}]+)|([{}])/g)) {
    if (stray !== undefined)
      throw new UserError(
        `${where}: a \`${stray}\` stands alone; placeholders do not nest, and a brace is written twice`,
      )
    if (brace !== undefined) parts.push(brace.charAt(0))
    else if (expression !== undefined) parts.push(compile(expression.trim(), kind, where, checked))
    else if (text !== undefined) parts.push(text)
  }
  return bindings =>
    parts
      .map(part => (typeof part === 'string' ? part : show(part(bindings))))
      .join('')
      .trim()
}

function show(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'bigint' || typeof value === 'number') return showNumber(Number(value))
  if (Array.isArray(value)) return value.map(show).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function showNumber(value: number): string {
  // Intl would do the same, and costs as much as reading a file.
  const factor = Math.abs(value) < 10 ? 100 : 1
  const [whole = '', part] = String(Math.round(value * factor) / factor).split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${part === undefined ? '' : `.${part}`}`
}

/** A count as people say it: 410 million, 2.1 million, 24,000. */
function inWords(value: unknown): string {
  const count = Number(value)
  if (!Number.isFinite(count)) return 'unknown'
  const units = [
    [1e12, 'trillion'],
    [1e9, 'billion'],
    [1e6, 'million'],
  ] as const
  for (const [size, unit] of units)
    if (Math.abs(count) >= size) return `${Number((count / size).toPrecision(3))} ${unit}`
  return showNumber(count)
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message
}
