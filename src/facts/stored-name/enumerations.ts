/** A member of an enumeration whose values are stored. */
export interface Member {
  readonly container: string
  readonly name: string
  /** The stored value: the text, or the number of the position. */
  readonly value: string
  readonly line: number
  /** The value is the position among the others. */
  readonly byPosition: boolean
}

/** Members of the enumerations of a file. Whether they are stored, `isStored` tells. */
export function membersIn(path: string, text: string): readonly Member[] {
  const lines = text.split('\n')
  if (path.endsWith('.rb')) return railsEnums(lines)
  if (path.endsWith('.py'))
    return blockMembers(
      lines,
      /^class\s+(\w+)\s*\(.*\b(?:StrEnum|Enum|TextChoices)\b.*\)\s*:/,
      /^\s+([A-Z][A-Z0-9_]*)\s*=\s*\(?["']([^"']+)["']/,
    )
  if (path.endsWith('.ts'))
    return blockMembers(lines, /^\s*(?:export\s+)?(?:const\s+)?enum\s+(\w+)\s*\{/, /^\s+(\w+)\s*=\s*["']([^"']+)["']/)
  if (/\.(java|kt)$/.test(path))
    return blockMembers(
      lines,
      /^\s*(?:public\s+)?enum\s+(?:class\s+)?(\w+)\b.*\{/,
      // With what stands before it (`@Deprecated`, `@JsonProperty("a")`), and up to its body or the end of its line.
      /^\s+(?:@\w+(?:\([^)]*\))?\s+)*([A-Z][A-Z0-9_]*)\s*(?:\(.*\)?|\{.*\}?)?\s*[,;]?\s*(?:\/\/.*|\/\*.*)?$/,
    )
  if (path.endsWith('.rs'))
    return blockMembers(
      lines,
      /^\s*(?:pub\s+)?enum\s+(\w+)\s*\{/,
      /^\s+(?:#\[[^\]]*\]\s*)*([A-Z]\w*)\s*(?:\([^)]*\)|\{[^}]*\}?)?\s*,?\s*(?:\/\/.*)?$/,
    )
  return path.endsWith('.go') ? goConstants(lines) : []
}

/** `enum status: [:draft, :sent]` and `enum :status, { draft: 0, sent: 1 }`. */
function railsEnums(lines: readonly string[]): readonly Member[] {
  return lines.flatMap((line, at): readonly Member[] => {
    const start = /^\s*enum[ (]\s*(?::(\w+),\s*|(\w+):\s*)(.*)$/.exec(line)
    if (start === null) return []
    const container = start[1] ?? start[2] ?? ''
    let list = start[3] ?? ''
    let end = at
    while (!/[\]})]/.test(list) && end < at + 60 && end < lines.length - 1) list += `\n${lines[++end] ?? ''}`
    const body = /^\s*(?:%i\[([^\]]*)\]|\[([^\]]*)\]|\{([^}]*)\}|((?:\w+:\s*["':\w]+,?\s*)+))/.exec(list)
    if (body === null) return []
    const positional = body[1] ?? body[2]
    const place = (name: string): number => {
      const inside = lines.slice(at, end + 1).findIndex(one => new RegExp(`(?<![\\w])${name}(?![\\w])`).test(one))
      return at + 1 + Math.max(0, inside)
    }
    if (positional !== undefined)
      return [...positional.matchAll(/\w+/g)].map(([name], position) => ({
        container,
        name,
        value: String(position),
        line: place(name),
        byPosition: true,
      }))
    return [...(body[3] ?? body[4] ?? '').matchAll(/(?:(\w+):|["'](\w+)["']\s*=>)\s*["':]?(\w+)/g)].map(found => {
      const name = found[1] ?? found[2] ?? ''
      return { container, name, value: found[3] ?? '', line: place(name), byPosition: false }
    })
  })
}

function blockMembers(lines: readonly string[], start: RegExp, member: RegExp): readonly Member[] {
  return lines.flatMap((line, at): readonly Member[] => {
    const container = start.exec(line)?.[1]
    if (container === undefined) return []
    const indent = line.length - line.trimStart().length
    const found: Member[] = []
    for (let inside = at + 1; inside < lines.length; inside++) {
      const text = lines[inside] ?? ''
      if (text.trim() !== '' && text.length - text.trimStart().length <= indent) break
      const [, name, value] = member.exec(text) ?? []
      if (name !== undefined) found.push({ container, name, value: value ?? name, line: inside + 1, byPosition: false })
    }
    return found
  })
}

/** `EventTypeLogin EventType = "login"`. */
function goConstants(lines: readonly string[]): readonly Member[] {
  return lines.flatMap((line, at): readonly Member[] => {
    const found = /^\s*(?:const\s+)?([A-Z]\w*)\s+([A-Z]\w*)\s*=\s*"([^"]+)"/.exec(line)
    return found === null
      ? []
      : [{ container: found[2] ?? '', name: found[1] ?? '', value: found[3] ?? '', line: at + 1, byPosition: false }]
  })
}

/** A line that says that values of the enumeration come out of rows or documents: columns of ORMs, parsers that refuse others. */
export function storesValuesOf(container: string, path: string): RegExp {
  const name = container.replace(/\W/g, '\\$&')
  if (path.endsWith('.py'))
    return new RegExp(
      `(?:\\b(?:sa\\.|db\\.)?Enum\\(|EnumField\\(|Mapped\\[(?:Optional\\[)?)\\s*${name}\\b|(?<![\\w.])${name}\\(\\s*(?:row|record|data|payload|event|doc|item|raw|r)\\b`,
    )
  if (path.endsWith('.ts'))
    return new RegExp(
      `(?:enum:\\s*|nativeEnum\\(|Enum\\(\\s*\\(\\)\\s*=>\\s*|pgEnum\\([^)]*|enumName:.*)${name}\\b|switch\\s*\\(\\s*(?:row|record|event|entry|payload|doc)\\.\\w+\\s*(?:as\\s+${name})|new Set(?:<[^>]*>)?\\(\\s*Object\\.values\\(\\s*${name}\\b|Object\\.values\\(\\s*${name}\\s*\\)\\.includes\\(\\s*(?:row|record|event|entry|payload|doc)\\.`,
    )
  if (/\.(java|kt)$/.test(path)) return new RegExp(`@Enumerated\\b(?:[^;{}]*)\\s${name}\\b|${name}\\.valueOf\\(`)
  if (path.endsWith('.rs'))
    return new RegExp(
      `derive\\([^)]*\\b(?:Deserialize|sqlx::Type|DbEnum|EnumString)\\b[^)]*\\)\\](?:\\s*#\\[[^\\]]*\\])*\\s*(?:pub\\s+)?enum\\s+${name}\\b`,
    )
  return new RegExp(`\\bcase\\s+${name}\\w+\\b|\\b${name}\\(\\s*(?:row|r|e|event|rec)\\.`)
}
