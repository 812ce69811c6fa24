import type { Tree } from './types.ts'

/** The paths below a folder; all without a folder. */
export function below(paths: readonly string[], folder: string | undefined): readonly string[] {
  if (folder === undefined) return paths
  const prefix = folder.endsWith('/') ? folder : `${folder}/`
  return paths.filter(path => path.startsWith(prefix))
}

/** Folders that are listed one by one; each listing is a process of its own. */
const mostListings = 8

/** Lists each folder once. Of a tree that is asked for many folders all paths are listed, and the folders follow from them. */
export function remembered(list: Tree['list']): Tree['list'] {
  const known = new Map<string | undefined, Promise<readonly string[]>>()
  let folders: Promise<ReadonlyMap<string, readonly string[]>> | undefined
  const once = (folder: string | undefined): Promise<readonly string[]> => {
    const paths = known.get(folder) ?? list(folder)
    known.set(folder, paths)
    return paths
  }
  return async folder => {
    if (folder === undefined || known.has(folder) || known.size < mostListings) return once(folder)
    folders ??= once(undefined).then(byFolder)
    return (await folders).get(folder.replace(/\/$/, '')) ?? []
  }
}

/** The paths below each folder at any depth. */
function byFolder(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>()
  for (const path of paths)
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at)
      const known = folders.get(folder)
      if (known) known.push(path)
      else folders.set(folder, [path])
    }
  return folders
}
