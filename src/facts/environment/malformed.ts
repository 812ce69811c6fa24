/** Is the value, unlike the one before, no longer the JSON, list or URL that it looks like? */
export function isMalformed(value: string, before: string): boolean {
  const text = value.trim()
  if (text.length > 20_000 || /\{\{|\$\{|<%|\$\(|%[({]/.test(text)) return false
  if (/^[[{]/.test(text)) {
    if (before !== '' && isJson(before)) return !isJson(text)
    // A list without quotes is no JSON and may be meant; one that is never closed is meant by nobody.
    return !isBalanced(text) && (before === '' ? /[,:]/.test(text) : isBalanced(before))
  }
  return (
    /^[a-z][a-z0-9+]*:\/\/[^\s,]+$/i.test(before) &&
    /^[a-z][a-z0-9+]*:?\/?\/?[^/\s]/i.test(text) &&
    /^(https?|postgres(ql)?|mysql|redis|amqp)(:\/[^/]|:[^/]|\/\/)/i.test(text)
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function isBalanced(text: string): boolean {
  const open: string[] = []
  for (const character of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (character === '[') open.push(']')
    else if (character === '{') open.push('}')
    else if ((character === ']' || character === '}') && open.pop() !== character) return false
  }
  return open.length === 0
}
