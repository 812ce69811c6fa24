/** Edit distance between two words (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

/** The known word that was probably meant; undefined when none is close. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  let best: { word: string; distance: number } | undefined
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > 3) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= Math.max(1, Math.floor(candidate.length / 3)) && (!best || distance < best.distance))
      best = { word: candidate, distance }
  }
  return best?.word
}

/** ` (did you mean "x"?)`, or '' when no known word is close. */
export function suggestion(word: string, known: Iterable<string>): string {
  const best = closest(word, known)
  return best === undefined ? '' : ` (did you mean "${best}"?)`
}
