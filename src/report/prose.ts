/** The texts of rules are prose with code in between; each reporter prints the two differently. */
export type Block = { readonly kind: 'prose' | 'item' | 'code'; readonly text: string }

/**
 * Splits a rule's text into paragraphs, list items and code. Code is what stands between ``` fences, what is
 * indented, and lines that look like it. Lines of prose that were broken in the rule file are joined again.
 */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = []
  let open: { kind: Block['kind']; lines: string[] } | undefined
  let fenced = false
  const close = () => {
    if (open) blocks.push({ kind: open.kind, text: open.kind === 'code' ? codeText(open.lines) : open.lines.join(' ') })
    open = undefined
  }
  const add = (kind: Block['kind'], line: string) => {
    if (open?.kind !== kind) close()
    open ??= { kind, lines: [] }
    open.lines.push(line)
  }
  const lines = text.replace(/\r\n/g, '\n').split('\n')
  for (const [at, line] of lines.entries()) {
    const insideCode = open?.kind === 'code' && open.lines.at(-1) !== ''
    if (/^\s*```/.test(line)) {
      close()
      fenced = !fenced
    } else if (fenced) add('code', line)
    else if (line.trim() === '') {
      // A blank line inside code belongs to it; one at its end is trimmed.
      if (open?.kind === 'code') add('code', '')
      else close()
    } else if (item.test(line) && !insideCode) {
      close()
      add('item', line.trim())
    } else if (open?.kind === 'item' && /^\s{1,4}\S/.test(line)) add('item', line.trim())
    else if (
      looksLikeCode(line, insideCode) ||
      beginsCode(line, lines[at + 1]) ||
      (open?.kind !== 'prose' && looksLikeKey(line))
    )
      add('code', line)
    else if (open && open.kind !== 'code' && wasBroken(open.lines)) add(open.kind, line.trim())
    else {
      close()
      add('prose', line.trim())
    }
  }
  close()
  return blocks.filter(block => block.text.trim() !== '')
}

const item = /^\s{0,3}([-*]|\d+[.)])\s/

/** A statement that goes on in an indented line. */
function beginsCode(line: string, next: string | undefined): boolean {
  return next !== undefined && /^(\s{2,}|\t)\S/.test(next) && /^[A-Z]{3,} [A-Z]{2,}\b|[{(,\\]$/.test(line)
}

function codeText(lines: readonly string[]): string {
  return trimBlank(dedent(trimBlank(lines))).join('\n')
}

/** A line that ends late was probably broken to fit the rule file; a short one ends a thought. */
function wasBroken(lines: readonly string[]): boolean {
  return (lines.at(-1)?.length ?? 0) >= 50
}

function looksLikeCode(line: string, insideCode: boolean): boolean {
  if (/^(\s{2,}|\t)\S/.test(line)) return true
  if (/^(\$|#|\/\/|--) /.test(line)) return true
  if (
    /^(ALTER|CREATE|DROP|UPDATE|DELETE|INSERT|SELECT|SET|BEGIN|COMMIT|LOCK|VALIDATE|REINDEX|WITH)\b.*[;(,]\s*(--.*)?$/.test(
      line,
    )
  )
    return true
  if (
    /^(def|class|end|add_\w+|remove_\w+|disable_\w+!?|import|from|const|let|return|export|if|for|while|await)\b.*[^.]$/.test(
      line,
    ) &&
    !/ (the|a|is|it) /.test(line)
  )
    return true
  return insideCode && /^[-}\])]|[;{(,]$/.test(line)
}

/** `key:` or `key: value`, as in YAML. */
function looksLikeKey(line: string): boolean {
  return /^[a-z_][\w.-]*:(\s+\S{1,40})?$/.test(line)
}

function dedent(lines: readonly string[]): readonly string[] {
  const indents = lines.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length)
  const least = indents.reduce((min, indent) => Math.min(min, indent), Number.POSITIVE_INFINITY)
  return Number.isFinite(least) ? lines.map(line => line.slice(least).trimEnd()) : lines
}

function trimBlank(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex(line => line.trim() !== '')
  const last = lines.findLastIndex(line => line.trim() !== '')
  return first === -1 ? [] : lines.slice(first, last + 1)
}

/** A rule's text as lines of at most `width` characters: prose is broken at spaces, code keeps its lines and is set off. */
export function layout(text: string, width: number, label = ''): readonly string[] {
  const lines = blocksOf(text).flatMap((block, at) => {
    if (block.kind === 'code') return ['', ...block.text.split('\n').map(line => (line === '' ? '' : `  ${line}`)), '']
    if (block.kind === 'item') return wrap(block.text, width - 2).map((line, nth) => (nth === 0 ? line : `  ${line}`))
    return at === 0 ? wrap(label + block.text, width) : wrap(block.text, width)
  })
  const labelled = label === '' || lines[0]?.startsWith(label) ? lines : [label.trim(), ...lines]
  return labelled.filter((line, at) => line !== '' || (at > 0 && at < labelled.length - 1 && labelled[at - 1] !== ''))
}

/** Breaks a text at spaces into lines of at most `width` characters; words and `code` that are longer stay whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of wordsOf(text, width)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A command between backticks is one word, so that it can be copied. */
function wordsOf(text: string, width: number): readonly string[] {
  const words = text.match(/(?:[^\s`]|`[^`]*`)+|\S+/g) ?? []
  return words.flatMap(word => (word.length > width ? word.split(/\s+/) : [word]))
}
