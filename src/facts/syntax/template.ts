/** Text that a template engine replaces before the file is read. `${{ }}` of GitHub is part of valid files. */
const tag = /(?<!\$)\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}|<%[\s\S]*?%>/g
const evidence = /(?<!\$)\{\{|\{%|<%|^\s*#@|^%%? |^\s*<\?|@@?[A-Z_]{3,}@|__[A-Z_]{3,}__|^\s*\$\{[^}]+\}\s*$/m
const token = /(?<!\$)\{\{|\}\}|\{%|%\}|<%|%>|^\s*<\?/

/** Tags inside quotes do not disturb a parser: `"{{count}} km"`. */
const quotedText = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'/g

/** Does the text look as if a template engine read it first? */
export function isTemplated(text: string): boolean {
  return evidence.test(text) && evidence.test(text.replace(quotedText, '""'))
}

/** Does this line hold a template's token? Then the line says nothing about the file that will be read. */
export function hasTemplateToken(line: string): boolean {
  return token.test(line)
}

/** The text with tags replaced by text of the same length: words for values, comments for lines that are only directives. */
export function maskTemplate(text: string): string {
  return text.replace(tag, (found, offset: number) => {
    const lineStart = text.lastIndexOf('\n', offset - 1) + 1
    const lineEnd = text.indexOf('\n', offset + found.length)
    const before = text.slice(lineStart, offset)
    const after = text.slice(offset + found.length, lineEnd === -1 ? text.length : lineEnd)
    const wholeLine = before.trim() === '' && (after.trim() === '' || /^(\s*(\{\{|\{%|\{#|<%))/.test(after))
    const filler = found.replace(/[^\n]/g, wholeLine ? ' ' : 'x')
    return wholeLine ? filler.replace(/[^\n]/, '#') : filler
  })
}

/** Files that are wrong on purpose. */
export function wrongOnPurpose(path: string): boolean {
  return /(^|[-_.])(invalid|bad|broken|malformed|corrupt(ed)?|unparse?able|wrong)([-_.]|$)/i.test(
    path.slice(path.lastIndexOf('/') + 1),
  )
}

/** Files of a project generator carry placeholders in their very paths. */
export function isTemplatePath(path: string): boolean {
  return /\{\{|\{%|(^|\/)__\w+__(\/|$)/.test(path)
}
