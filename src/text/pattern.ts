/** Text as a part of a regular expression that matches it literally; for the body of a pattern, inside and outside `[]`. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
