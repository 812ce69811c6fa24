/** Does another file carry a configuration of logrotate (a ConfigMap, a playbook, a here-document)? */
export function mentionsRotation(text: string): boolean {
  return text.includes('logrotate') && /^\s*(\/|")[^\n]*\{\s*$/m.test(text) && /\bendscript\b|\brotate\b/.test(text)
}

/**
 * A configuration of logrotate inside another file, as a text with the same lines: all that is not logrotate's is
 * blank. Undefined when there is none.
 */
export function embedded(text: string): string | undefined {
  const lines = text.split('\n')
  const kept = lines.map(() => '')
  let any = false
  const keep = (from: number, to: number) => {
    for (let line = from; line < to; line++) kept[line] = lines[line] ?? ''
    any ||= to > from
  }
  for (const [index, line] of lines.entries()) {
    const hereDocument = /<<[-~]?\s*(["']?)(\w+)\1/.exec(line)
    if (hereDocument && line.includes('logrotate')) {
      const end = lines.findIndex((other, at) => at > index && other.trim() === hereDocument[2])
      if (end !== -1) keep(index + 1, end)
    }
    if (!/^\s*(?:- )?["']?[\w./-]+["']?:\s*[|>][-+\d]*\s*$/.test(line)) continue
    const around = lines.slice(Math.max(0, index - 4), index + 1).join('\n')
    if (!/logrotate/.test(around)) continue
    const indent = indentOf(line)
    let end = index + 1
    while (end < lines.length && (lines[end]?.trim() === '' || indentOf(lines[end] ?? '') > indent)) end++
    keep(index + 1, end)
  }
  const found = kept.join('\n')
  return any && /^\s*[/"][^\n]*\{\s*$|\{\s*$/m.test(found) ? found : undefined
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

/** Does a pattern of a shell (`*`, `?`, `[ab]`, without crossing slashes) cover a path, or another pattern as written? */
export function covers(pattern: string, path: string): boolean {
  if (pattern === path) return true
  const source = pattern
    .replace(/[\\^$.+(){}|]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    // What a template fills in may be anything.
    .replaceAll('\u00a4', '.*')
    .replaceAll('?', '[^/]')
  try {
    return new RegExp(`^${source}$`).test(path)
  } catch {
    return false
  }
}
