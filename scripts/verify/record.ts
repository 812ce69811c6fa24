import type { Recorder } from './postgres.ts'

/** Collects what real servers showed; statements that did the same on several of them become one row. */
export function recorder(): { readonly record: Recorder; readonly rows: () => string } {
  const rows = new Map<string, string[]>()
  return {
    record: ({ name, sql }, version, seen) => {
      const shown =
        'refused' in seen
          ? { locks: [], rewritten: [], scanned_rows: [], error: seen.refused }
          : { ...seen, error: null }
      const key = JSON.stringify({ id: name, ...shown, sql })
      rows.set(key, [...(rows.get(key) ?? []), version])
    },
    rows: () =>
      [...rows]
        .map(([key, versions]) => {
          const { id, ...rest }: { id: string } = JSON.parse(key)
          return `${JSON.stringify({ id, versions: versions.toSorted((one, other) => Number.parseFloat(one) - Number.parseFloat(other)), ...rest })}\n`
        })
        .join(''),
  }
}
