const paths =
  /(^|\/)(config\/(application|environment|environments\/[\w-]+|initializers\/.+)\.rb|settings\/.*\.py|\w*settings\w*\.py|[^/]*nginx[^/]*\/.+|[^/]*nginx[^/]*\.conf([.-]\w+)?|sites-(available|enabled)\/[^/]+|[^/]+\.ini|supervisord?[^/]*\.conf|config\/[\w-]+\.exs|Gemfile|package\.json|requirements[^/]*\.txt|requirements\/[^/]+\.(txt|in)|pyproject\.toml|\.env(\.[\w-]+)?|[\w.-]+\.env)$/

/** Files that hold settings of a running program; examples and tests are none. */
export function isSettingPath(path: string): boolean {
  return (
    paths.test(path) &&
    !/(^|\/)(tests?|specs?|fixtures?|examples?|samples?|vendor|node_modules|docs?)\/|(example|sample|template|dist|test)(\.\w+)?$/i.test(
      path,
    )
  )
}
