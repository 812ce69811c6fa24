import { minimatch } from 'minimatch'

/** A test whether a path matches any of the globs. `*` stays inside one folder, `**` crosses folders, dot files count. */
export function globs(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false
  const tests = patterns.map(pattern =>
    minimatch.filter(pattern.replace(/^\.\//, ''), { dot: true, nocomment: true, nonegate: true }),
  )
  return path => tests.some(test => test(path))
}
