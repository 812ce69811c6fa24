/**
 * Breaks prose at spaces so that no line is wider than `width` columns. Lines that are indented, fenced or part of a
 * list keep their breaks: they are code or structure.
 */
export function wrap(text: string, width: number, indent = ''): string {
  const room = Math.max(20, width - indent.length)
  const out: string[] = []
  let fenced = false
  let prose: string[] = []
  const flush = (): void => {
    if (prose.length > 0) out.push(...fill(prose.join(' '), room))
    prose = []
  }
  for (const line of text.split('\n')) {
    if (/^\s*```/.test(line)) {
      flush()
      fenced = !fenced
      continue
    }
    if (fenced || /^\s{2,}\S/.test(line)) {
      flush()
      out.push(fenced ? `    ${line}` : line)
    } else if (line.trim() === '') {
      flush()
      if (out.at(-1) !== '') out.push('')
    } else {
      if (/^([-*]|\d+\.)\s/.test(line)) flush()
      prose.push(line.trim())
    }
  }
  flush()
  return out.map(line => `${indent}${line}`.trimEnd()).join('\n')
}

function fill(text: string, room: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of text.split(/\s+/)) {
    if (current !== '' && current.length + 1 + word.length > room) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  if (current !== '') lines.push(current)
  return lines
}
