import type { Tree } from './types.ts'

/** The paths below a folder; all without a folder. */
export function below(paths: readonly string[], folder: string | undefined): readonly string[] {
  if (folder === undefined) return paths
  const prefix = folder.endsWith('/') ? folder : `${folder}/`
  return paths.filter(path => path.startsWith(prefix))
}

/** Lists each folder once. */
export function remembered(list: Tree['list']): Tree['list'] {
  const known = new Map<string | undefined, Promise<readonly string[]>>()
  return folder => {
    const paths = known.get(folder) ?? list(folder)
    known.set(folder, paths)
    return paths
  }
}
