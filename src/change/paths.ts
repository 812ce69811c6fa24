/** The paths below a folder; all without a folder. */
export function below(paths: readonly string[], folder: string | undefined): readonly string[] {
  if (folder === undefined) return paths
  const prefix = folder.endsWith('/') ? folder : `${folder}/`
  return paths.filter(path => path.startsWith(prefix))
}
