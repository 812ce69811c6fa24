/*
 * Values that end at ` #`, because what follows is a comment to every reader of YAML and of `.env` files: passwords,
 * colours, channels. People write comments there, too, so something must tell that this is none.
 */

const secret = /pass(word|wd|phrase)?$|secret|token|credential|api[-_]?key|private[-_]?key/i
const colour = /colou?r|background|foreground|theme|primary|secondary|accent|border|fill|stroke|brand/i

/** A word that people choose by dice, not one of a remark: with digits or punctuation, and nothing behind it. */
const noRemark = /^\s+#(?=\S*[\d!$%^&*~])(?![\w-]+:)\S+$/
const hexadecimal = /^\s+#([\da-f]{6}|[\da-f]{8})$/i
const shortHexadecimal = /^\s+#[\da-f]{3,4}$/i

interface Written {
  readonly key: string
  /** What is left of the value. */
  readonly text: string
  /** The rest of the line: blanks, then `#` and what follows it. */
  readonly rest: string
  /** The text that stood in quotes at base. */
  readonly before: string | undefined
}

/** Does the comment hold what was meant as part of the value? */
export function isCut({ key, text, rest, before }: Written): boolean {
  if (!/^\s+#\S/.test(rest)) return before !== undefined && before === `${text}${rest}`.trimEnd() && rest !== ''
  // In quotes for a reason: without them this text would have been cut as well.
  if (before !== undefined && /(^|\s)#/.test(before) && !/\s/.test(rest.trim())) return true
  if (before !== undefined && before === `${text}${rest}`.trimEnd()) return true
  if (text === '') return hexadecimal.test(rest) || (shortHexadecimal.test(rest) && colour.test(key))
  return secret.test(key) && noRemark.test(rest)
}

/** What the comment does to the value, as a sentence. */
export function cutDetail({ key, text, rest }: Written): string {
  if (text === '') return `\`${key}\` has no value: \`${rest.trim()}\` is a comment`
  // Secrets have no place in a report.
  const shown = secret.test(key) ? '#' : rest.trim()
  return `the value of \`${key}\` ends before \`${shown}\`, which ${shown === '#' ? 'begins' : 'is'} a comment`
}
