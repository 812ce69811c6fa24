import { cut, oneLine } from './plain.ts'

/** Markdown in which nothing of `text` means anything: no markup, HTML, link, mention, issue reference or emoji. */
export function escapeMarkdown(text: string): string {
  return escapeInline(oneLine(text))
}

function escapeInline(text: string): string {
  return text
    .replace(/[&<>]|#(?=\d)|\$|:(?=\/\/|\w+:)/g, character => `&#${character.charCodeAt(0)};`)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/@/g, '@<!-- -->')
    .replace(/\bwww\./gi, word => `${word.slice(0, 3)}&#46;`)
    .replace(/^[-=+#]/, character => `&#${character.charCodeAt(0)};`)
    .replace(/^(\d+)([.)])/, '$1\\$2')
}

/** Code whose content means nothing. An HTML element, since a code span cannot hold every text, least of all in a table. */
export function codeMarkdown(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`
}

/** A sentence in which `…` is code, as rules write it; everything else is escaped. */
export function sentenceMarkdown(text: string, length = 2000): string {
  const parts = cut(oneLine(text), length).split('`')
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return escapeInline(part)
      return at < parts.length - 1 ? codeMarkdown(part) : escapeInline(`\`${part}`)
    })
    .join('')
}

/** A fence longer than any run of backticks inside. */
export function fence(code: string): string {
  const longest = (code.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  return '`'.repeat(longest + 1)
}
