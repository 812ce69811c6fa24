import { isWayBack } from './frontends/sql-sections.ts'
import { familyOf } from './known.ts'

/** The part of a path that tells one migration of its series from the others: the file's name, or that of its folder. */
export function nameOf(path: string): string {
  const family = familyOf(path)
  return path.slice(family === '/' ? 0 : family.length).replace(/\/(migration|up)\.(sql|pgsql)$/i, '')
}

/** Files of the same series, in the order in which they run; ways back left out. */
export function seriesOf(path: string, paths: readonly string[]): readonly string[] {
  const family = familyOf(path)
  const ending = path.slice(path.lastIndexOf('.'))
  return paths
    .filter(
      other =>
        other.startsWith(family === '/' ? '' : family) &&
        other.endsWith(ending) &&
        familyOf(other) === family &&
        !isWayBack(other) &&
        /\d/.test(nameOf(other)),
    )
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
}
