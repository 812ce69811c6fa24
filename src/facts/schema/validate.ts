import type { ErrorObject, ValidateFunction } from 'ajv'

/** A schema ready for use; undefined when it is none, or refers to what is not in it. */
export async function validatorFor(text: string): Promise<ValidateFunction | undefined> {
  let schema: unknown
  try {
    schema = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined
  const version = '$schema' in schema ? String(schema.$schema) : ''
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'))
  const options = {
    strict: false,
    allErrors: true,
    validateFormats: false,
    validateSchema: false,
    inlineRefs: false,
    logger: false,
    code: { regExp: Object.assign(harmless, { code: 'harmless' }) },
  } as const
  try {
    if (/2019-09|2020-12/.test(version)) {
      const { Ajv2020 } = await import('ajv/dist/2020.js')
      return new Ajv2020(options).compile(rest)
    }
    const { Ajv } = await import('ajv')
    return new Ajv(options).compile(rest)
  } catch {
    return undefined
  }
}

interface Pattern {
  test(text: string): boolean
  /** ajv tells patterns apart by how they are shown. */
  toString(): string
}

/** Patterns that may take exponential time match everything: a schema under review must not stop the check. */
function harmless(pattern: string, flags: string): Pattern {
  const shown = { toString: () => `/${pattern}/${flags}` }
  if (/[+*}]\)?[+*{]|\([^)]*[+*|][^)]*\)[+*{]|\\\d/.test(pattern)) return { test: () => true, ...shown }
  const expression = new RegExp(pattern, flags)
  return { test: text => expression.test(text.slice(0, 1000)), ...shown }
}

/** What is wrong, in words. Errors that only sum up others are left out. */
export function describe(error: ErrorObject): string | undefined {
  const { keyword, params } = error
  const name = (key: string) => String(params[key])
  if (keyword === 'additionalProperties') return `the key \`${name('additionalProperty')}\` is not known`
  if (keyword === 'unevaluatedProperties') return `the key \`${name('unevaluatedProperty')}\` is not known`
  if (keyword === 'required') return `the key \`${name('missingProperty')}\` is missing`
  if (keyword === 'type') return `the value is not of type ${name('type')}`
  if (keyword === 'enum' && Array.isArray(params.allowedValues))
    return `the value is none of ${params.allowedValues.slice(0, 12).map(String).join(', ')}`
  if (keyword === 'anyOf' || keyword === 'oneOf') return 'the value fits none of the forms that are allowed'
  if (keyword === 'if' || keyword === '$ref') return undefined
  return `the value ${error.message ?? `breaks \`${keyword}\``}`
}
