/** Overwrites a stretch, keeping line breaks, so that every offset stays valid. */
function blank(stretch: string, fill: string): string {
  return stretch.replace(/[^\n]/g, fill)
}

/** `{{ … }}` and `${…}`. Stops at the next opening, so that a text full of openings takes no longer than another. */
export const placeholder = /\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*\}\}|\$\{[\w.:-]+\}/g

/**
 * Makes templates and psql's own commands digestible for the SQL parser at equal length: placeholders become
 * identifiers of `x`, psql commands become blanks.
 */
export function maskSql(text: string): string {
  return text
    .replace(placeholder, found => blank(found, 'x'))
    .replace(/\\(gset|gexec|g|gdesc|gx)\b[^\n]*/g, found => `;${blank(found.slice(1), ' ')}`)
    .replace(/^[ \t]*\\(?!\.)[^\n]*/gm, found => blank(found, ' '))
    .replace(/^--[ \t]*\+goose[ \t]+StatementEnd[^\n]*/gim, found => `;${blank(found.slice(1), ' ')}`)
    .replace(
      /(^|[^:]):(['"])([A-Za-z_]\w*)\2/g,
      (_, before: string, quote: string, name: string) => `${before}${quote}x${name}${quote}`,
    )
}

/** Templates that choose between statements: what runs cannot be told without rendering them. */
export function hasTemplateBranches(text: string): boolean {
  return /\{\{[-~]?\s*(#|\/|else\b|if\b|range\b|with\b|end\b|each\b|unless\b)|\{%[-+]?\s*(if|for|else|macro|block|set|call)\b|<%/.test(
    text,
  )
}
