/** A column that a model declares. */
export interface Declared {
  /** Table as the model names it; the model's own name where it does not. */
  readonly table: string
  /** Other words by which migrations may name the table or model. */
  readonly aliases: readonly string[]
  readonly column: string
  /** Line, from 1. */
  readonly line: number
  readonly framework: 'prisma' | 'drizzle' | 'django' | 'sqlalchemy' | 'typeorm' | 'ecto' | 'jpa'
}

/** Columns that the models of a file declare. Files of another kind have none. */
export function declaredIn(path: string, text: string): readonly Declared[] {
  const lines = text.split('\n')
  if (path.endsWith('.prisma')) return prisma(lines)
  if (/\.[cm]?ts$/.test(path))
    return /(pg|mysql)Table\w*\(|\.table\(/.test(text) ? drizzle(lines) : typeorm(lines, text)
  if (path.endsWith('.py')) return /\bmodels\.Model\b|models\.\w+Field\(/.test(text) ? django(lines) : sqlalchemy(lines)
  if (/\.exs?$/.test(path)) return ecto(lines)
  return /\.(java|kt)$/.test(path) ? jpa(lines, text) : []
}

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()

const scalar = /^(String|Int|BigInt|Float|Decimal|Boolean|DateTime|Json|Bytes|Unsupported)\b/

function prisma(lines: readonly string[]): readonly Declared[] {
  const enums = new Set(lines.flatMap(line => /^\s*enum\s+(\w+)\s*\{/.exec(line)?.[1] ?? []))
  return blocks(lines, /^\s*model\s+(\w+)\s*\{/).flatMap(({ name, body }) => {
    const mapped = body.flatMap(({ text }) => /^\s*@@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(text)?.[1] ?? [])[0]
    if (body.some(({ text }) => /^\s*@@ignore/.test(text))) return []
    return body.flatMap(({ text, line }): readonly Declared[] => {
      const field = /^\s*(\w+)\s+(\w+)(\[\])?\??/.exec(text)
      const type = field?.[2] ?? ''
      if (field === null || !(scalar.test(type) || enums.has(type)) || /@ignore\b/.test(text)) return []
      const column = /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(text)?.[1] ?? field[1] ?? ''
      return [{ table: mapped ?? name, aliases: [name], column, line, framework: 'prisma' }]
    })
  })
}

function drizzle(lines: readonly string[]): readonly Declared[] {
  return blocks(lines, /=\s*(?:\w+\.)?(?:pgTable|mysqlTable|table)\w*\(\s*["'`](\w+)["'`]/).flatMap(({ name, body }) =>
    body.flatMap(({ text, line }): readonly Declared[] => {
      const field =
        /^\s*(\w+):\s*(?:\w+\.)?(?!index|unique|primaryKey|foreignKey|check|one|many)[a-z]\w*\(\s*(?:["'`](\w+)["'`])?/.exec(
          text,
        )
      if (field === null || /\b(index|uniqueIndex|primaryKey)\(/.test(text)) return []
      return [{ table: name, aliases: [], column: field[2] ?? snake(field[1] ?? ''), line, framework: 'drizzle' }]
    }),
  )
}

function typeorm(lines: readonly string[], text: string): readonly Declared[] {
  const entity = /@Entity\(\s*(?:\{[^}]*?name:\s*)?["'`](\w+)["'`]/.exec(text)?.[1]
  const name = /export\s+(?:default\s+)?class\s+(\w+)/.exec(text)?.[1]
  if (!/@Entity\(/.test(text) || name === undefined) return []
  return lines.flatMap((line, at): readonly Declared[] => {
    if (!/^\s*@Column\(/.test(line)) return []
    const end = lines.findIndex(
      (one, next) =>
        next >= at &&
        next < at + 12 &&
        /^\s*(?:public\s+|readonly\s+)*\w+[!?]?\s*:/.test(one) &&
        !/^\s*\w+:.*,\s*$/.test(one),
    )
    const decorator = lines.slice(at, end + 1).join(' ')
    const property = /^\s*(?:public\s+|readonly\s+)*(\w+)/.exec(lines[end] ?? '')?.[1]
    const column = /\bname:\s*["'`](\w+)["'`]/.exec(decorator)?.[1] ?? property
    return column === undefined || end === -1
      ? []
      : [{ table: entity ?? snake(name), aliases: [name, snake(name)], column, line: at + 1, framework: 'typeorm' }]
  })
}

function django(lines: readonly string[]): readonly Declared[] {
  return blocks(
    lines,
    /^class\s+(\w+)\s*\((?!.*\b(?:Form|Serializer|Enum|TextChoices|IntegerChoices|Exception|Manager|QuerySet|Admin|View|TestCase)\b).*\)\s*:/,
  ).flatMap(({ name, body }) => {
    if (body.some(({ text }) => /^\s+(abstract|proxy)\s*=\s*True|^\s+managed\s*=\s*False/.test(text))) return []
    return body.flatMap(({ text, line }): readonly Declared[] => {
      const field = /^(?: {2}| {4}|\t)(\w+)(?:\s*:[^=]+)?\s*=\s*(?:\w+\.)*models\.(?:\w+Field|ForeignKey)\(/.exec(text)
      const table = field === null || /ManyToManyField/.test(text) ? undefined : name
      return table === undefined
        ? []
        : [{ table, aliases: [name.toLowerCase()], column: field?.[1] ?? '', line, framework: 'django' }]
    })
  })
}

function sqlalchemy(lines: readonly string[]): readonly Declared[] {
  return blocks(lines, /^class\s+(\w+)\s*\(.*\)\s*:/).flatMap(({ body }) => {
    const table = body.flatMap(({ text }) => /^\s+__tablename__\s*=\s*["'](\w+)["']/.exec(text)?.[1] ?? [])[0]
    if (table === undefined) return []
    return body.flatMap(({ text: first, line }, at): readonly Declared[] => {
      // A formatter puts the name of the column on a line of its own.
      const text = /\(\s*$/.test(first) ? `${first}${body[at + 1]?.text.trim() ?? ''}` : first
      const field =
        /^(?: {2}| {4}|\t)(\w+)(?:\s*:[^=]+)?\s*=\s*(?:\w+\.)*(?:Column|mapped_column)\(\s*(?:["'](\w+)["'])?/.exec(
          text,
        ) ?? /^(?: {2}| {4}|\t)(\w+)\s*:\s*Mapped\[(?!.*=\s*(?:\w+\.)*relationship\()[^=]*$/.exec(text)
      // `Mapped["Order"]` and lists of a model are relations.
      if (field === null || /Mapped\[\s*(?:List|list|Set|set)\[|Mapped\[\s*["']/.test(text)) return []
      return [{ table, aliases: [], column: field[2] ?? field[1] ?? '', line, framework: 'sqlalchemy' }]
    })
  })
}

function ecto(lines: readonly string[]): readonly Declared[] {
  return blocks(lines, /^\s*schema\s+"(\w+)"\s+do/).flatMap(({ name, body }) =>
    withoutEmbedded(body).flatMap(({ text, line }): readonly Declared[] => {
      const field = /^\s*field\(?\s*:(\w+)/.exec(text)
      if (field === null || /virtual:\s*true/.test(text)) return []
      const column = /source:\s*:(\w+)/.exec(text)?.[1] ?? field[1] ?? ''
      return [{ table: name, aliases: [], column, line, framework: 'ecto' }]
    }),
  )
}

/** What `embeds_one :address, Address do` declares is kept inside the one column of that name. */
function withoutEmbedded(body: Block['body']): Block['body'] {
  let end = -1
  return body.filter(({ text }) => {
    const indent = text.length - text.trimStart().length
    if (end >= 0) {
      if (text.trim() !== '' && indent <= end) end = -1
      return false
    }
    if (/^\s*embeds_(one|many)\b.*\bdo\s*$/.test(text)) end = indent
    return true
  })
}

function jpa(lines: readonly string[], text: string): readonly Declared[] {
  const table = /@Table\([^)]*\bname\s*=\s*"(\w+)"/.exec(text)?.[1]
  if (table === undefined || !/@Entity\b/.test(text)) return []
  return lines.flatMap((line, at): readonly Declared[] => {
    const column = /@(?:Join)?Column\([^)]*\bname\s*=\s*"(\w+)"/.exec(line)?.[1]
    return column === undefined ? [] : [{ table, aliases: [], column, line: at + 1, framework: 'jpa' }]
  })
}

interface Block {
  readonly name: string
  readonly body: readonly { readonly text: string; readonly line: number }[]
}

/** Blocks that begin with a line like `start`, whose first group is their name, and end where the indentation does. */
function blocks(lines: readonly string[], start: RegExp): readonly Block[] {
  return lines.flatMap((line, at): readonly Block[] => {
    const name = start.exec(line)?.[1]
    if (name === undefined) return []
    const indent = line.length - line.trimStart().length
    const body: { text: string; line: number }[] = []
    for (let inside = at + 1; inside < lines.length; inside++) {
      const text = lines[inside] ?? ''
      if (text.trim() !== '' && text.length - text.trimStart().length <= indent) break
      if (!/^\s*(#|\/\/)/.test(text)) body.push({ text, line: inside + 1 })
    }
    return [{ name, body }]
  })
}
