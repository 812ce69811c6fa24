/** What one migration says of its place in the history. Offsets count in the file's text. */
export interface HistoryNode {
  readonly path: string
  /** Name of the file (Django), revision (Alembic). */
  readonly name: string
  readonly parents: readonly Parent[]
  /** Names that a squashed migration stands for. */
  readonly replaces: readonly string[]
  /** Begins or belongs to a branch that is meant to be one. */
  readonly labelled: boolean
  readonly start: number
  readonly end: number
}

export interface Parent {
  readonly label: string
  readonly name: string
  readonly start: number
  readonly end: number
}

/** The text with its comments blanked out, every character in its place. */
function withoutComments(text: string): string {
  return text.replace(/("""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')|#[^\n]*/g, (found, quoted) =>
    typeof quoted === 'string' ? quoted : ' '.repeat(found.length),
  )
}

/** The list behind `name = [`, up to the bracket that closes it. */
function listAt(code: string, name: string): { readonly text: string; readonly start: number } | undefined {
  const found = new RegExp(`^[ \\t]+${name}\\s*(?::[^=\\n]+)?=\\s*[\\[(]`, 'm').exec(code)
  if (!found) return undefined
  const start = found.index + found[0].length
  let depth = 1
  let at = start
  for (; at < code.length && depth > 0; at++) {
    const character = code[at]
    if (character === '[' || character === '(') depth++
    else if (character === ']' || character === ')') depth--
  }
  return { text: code.slice(start, at - 1), start }
}

/** `dependencies = [("app", "0001_initial")]` of a Django migration; undefined for what is none. */
export function djangoNode(path: string, text: string): HistoryNode | undefined {
  if (!/^class \w+\(.*Migration\)/m.test(text)) return undefined
  const code = withoutComments(text)
  const list = listAt(code, 'dependencies')
  const pair = /\(\s*["'](\w+)["']\s*,\s*["'](\w+)["']\s*,?\s*\)/g
  const parents = [...(list?.text.matchAll(pair) ?? [])].map(found => {
    const start = (list?.start ?? 0) + found.index
    return { label: found[1] ?? '', name: found[2] ?? '', start, end: start + found[0].length }
  })
  const replaces = [...(listAt(code, 'replaces')?.text.matchAll(pair) ?? [])].map(found => found[2] ?? '')
  const start = list?.start ?? Math.max(0, code.search(/^class /m))
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.py$/, '')
  return { path, name, parents, replaces, labelled: false, start, end: start + 1 }
}

/** `revision` and `down_revision` of an Alembic migration. */
export function alembicNode(path: string, text: string): HistoryNode | undefined {
  const code = withoutComments(text)
  const revision = /^revision\s*(?::[^=\n]+)?=\s*["']([^"'\n]+)["']/m.exec(code)
  const down = /^down_revision\s*(?::[^=\n]+)?=\s*(None|\([^)]*\)|\[[^\]]*\]|["'][^"'\n]*["'])/m.exec(code)
  if (!revision || !down) return undefined
  const value = down[1] ?? ''
  const start = down.index + down[0].length - value.length
  const parents = [...value.matchAll(/["']([^"'\n]+)["']/g)].map(found => ({
    label: '',
    name: found[1] ?? '',
    start: start + found.index,
    end: start + found.index + found[0].length,
  }))
  const labels = /^branch_labels\s*(?::[^=\n]+)?=\s*(.)/m.exec(code)?.[1]
  return {
    path,
    name: revision[1] ?? '',
    parents,
    replaces: [],
    labelled: labels !== undefined && labels !== 'N',
    start: down.index,
    end: down.index + down[0].length,
  }
}
