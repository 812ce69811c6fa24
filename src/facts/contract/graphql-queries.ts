/** Types of a GraphQL schema: the type of each field, as written (`[Order!]!`). */
export type Types = ReadonlyMap<string, { readonly fields: ReadonlyMap<string, { readonly type: string }> }>

/** A field that a query asks for. */
export interface Asked {
  /** Type that the field is selected on; '' where the schema does not tell it. */
  readonly owner: string
  /** Name of the field around it; '' at the top of an operation or a fragment. */
  readonly within: string
  readonly name: string
  readonly line: number
}

/** Type at the top of each kind of operation: `schema { query: RootQuery }`, or the usual name. */
export function rootsOf(schema: string): Readonly<Record<string, string>> {
  const named = /\bschema\b[^{}]*\{([^{}]*)\}/.exec(schema)?.[1] ?? ''
  const own = [...named.matchAll(/(query|mutation|subscription)\s*:\s*(\w+)/g)].map(([, kind, type]) => [kind, type])
  return { query: 'Query', mutation: 'Mutation', subscription: 'Subscription', ...Object.fromEntries(own) }
}

const opening =
  /\b(query|mutation|subscription)\b(?:\s+\w+)?\s*(?:\((?:[^()]|\([^()]*\))*\))?\s*(?:@[^{]*)?\{|\bfragment\s+\w+\s+on\s+(\w+)[^{]*\{/g

const token =
  /#[^\n]*|"(?:[^"\\\n]|\\.)*"|\$\{[^}]*\}|\.\.\.\s*on\s+(\w+)|\.\.\.\s*\w*|@\w+|(\w+)(?:\s*:\s*(\w+))?|[(){}]/g

/** Every field that the operations and fragments of a text select, with the type it is selected on. */
export function fieldsAsked(text: string, types: Types, roots: Readonly<Record<string, string>>): readonly Asked[] {
  const found: Asked[] = []
  for (const match of text.matchAll(opening)) {
    const owner = match[2] ?? roots[match[1] ?? ''] ?? ''
    found.push(...selected(text, match.index + match[0].length, types.has(owner) ? owner : '', types))
  }
  return found
}

/** The fields of the selection that begins at an offset, and of all selections inside of it. */
function selected(text: string, from: number, root: string, types: Types): readonly Asked[] {
  const found: Asked[] = []
  const open: { readonly owner: string; readonly within: string }[] = [{ owner: root, within: '' }]
  let next = open[0] ?? { owner: '', within: '' }
  let arguments_ = 0
  let line = 1 + (text.slice(0, from).match(/\n/g)?.length ?? 0)
  let counted = from
  token.lastIndex = from
  for (let match = token.exec(text); match !== null && open.length > 0; match = token.exec(text)) {
    const [whole, onType, first, second] = match
    if (whole === '(') arguments_++
    else if (whole === ')') arguments_ = Math.max(0, arguments_ - 1)
    else if (arguments_ > 0) continue
    else if (whole === '{') open.push(next)
    else if (whole === '}') open.pop()
    else if (onType !== undefined) next = { owner: types.has(onType) ? onType : '', within: open.at(-1)?.within ?? '' }
    else if (first !== undefined) {
      const around = open.at(-1) ?? { owner: '', within: '' }
      // An alias stands before the name.
      const name = second ?? first
      line += text.slice(counted, match.index).match(/\n/g)?.length ?? 0
      counted = match.index
      found.push({ ...around, name, line })
      const type =
        types
          .get(around.owner)
          ?.fields.get(name)
          ?.type.replace(/[[\]!\s]/g, '') ?? ''
      next = { owner: types.has(type) ? type : '', within: name }
    }
  }
  return found
}

/** Does the field belong to the type? Where the schema does not tell, the field around it has to bear the type's name. */
export function isOf({ owner, within }: Asked, type: string): boolean {
  if (owner !== '') return owner === type
  if (within === '') return /^(Query|Mutation|Subscription)$/.test(type)
  const [one, other] = [within, type].map(name => name.toLowerCase().replace(/(ies|s)$/, ''))
  return one !== undefined && other !== undefined && (one.endsWith(other) || other.endsWith(one))
}
