/**
 * Makes text from repositories safe to print: control characters (terminal escapes among them) and characters that
 * reorder or hide text become visible. Newlines and tabs stay.
 */
export function plain(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(dangerous, visible)
}

/** As `plain`, on one line. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim()
}

/** Cuts to `length` UTF-16 units, not through a surrogate pair, and ends what was cut with an ellipsis. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, Math.max(0, length - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

const dangerous =
  /[\x00-\x08\x0B-\x1F\x7F-\x9F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

function visible(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  return code >= 0xd800 && code <= 0xdfff ? '\uFFFD' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
