import { roleOf } from '../../artifact/classify.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { freshMatches, type Slip } from './found.ts'

/** Most files that are searched for another assignment of a constant. */
const mostFiles = 1500

/** Classes to which another file of the same name gives another superclass: Ruby then refuses to load the second. */
export async function otherSuperclasses(artifact: Artifact, source: Source, tree: Tree): Promise<readonly Slip[]> {
  if (artifact.language !== 'ruby') return []
  const fresh = freshMatches(
    artifact,
    source,
    /^[ \t]*class[ \t]+([A-Z]\w*(?:::[A-Z]\w*)*)[ \t]*<[ \t]*([A-Z][\w:]*)(?![\w:.([])/gm,
  )
  if (fresh.length === 0) return []
  const classes = classesIn(source.text)
  const slips: Slip[] = []
  const paths = (await tree.list()).filter(
    path => path.endsWith('.rb') && path !== artifact.path && roleOf(path) === 'live',
  )
  for (const { span } of fresh) {
    const own = classes.find(({ line }) => line === span.line)
    if (own === undefined) continue
    const file = `${underscored(own.name.slice(own.name.lastIndexOf(':') + 1))}.rb`
    for (const path of paths.filter(other => other.slice(other.lastIndexOf('/') + 1) === file).slice(0, 10)) {
      const other = classesIn((await tree.read(path)) ?? '').find(({ name }) => name === own.name)
      if (other === undefined || lastOf(other.superclass) === lastOf(own.superclass)) continue
      slips.push({
        what: 'superclass',
        name: own.name,
        before: other.superclass,
        after: own.superclass,
        otherAt: `${path}:${other.line}`,
        span,
      })
    }
  }
  return slips
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1)
}

function underscored(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])|([A-Z]+)(?=[A-Z][a-z])/g, '$1$3_$2')
    .replace(/_$/, '')
    .toLowerCase()
}

/** The classes of a Ruby file that name a superclass, by their full name. */
function classesIn(
  text: string,
): readonly { readonly name: string; readonly superclass: string; readonly line: number }[] {
  const found: { name: string; superclass: string; line: number }[] = []
  const open: { readonly indent: number; readonly name: string }[] = []
  text.split('\n').forEach((line, at) => {
    const [, indentation = '', , name, superclass] =
      /^(\s*)(class|module)\s+([A-Z][\w:]*)(?:\s*<\s*([A-Z][\w:]*)(?![\w:.([]))?/.exec(line) ?? []
    if (name === undefined) return
    while ((open.at(-1)?.indent ?? -1) >= indentation.length) open.pop()
    const full = [...open.map(scope => scope.name), name].join('::')
    if (superclass !== undefined) found.push({ name: full, superclass, line: at + 1 })
    if (!/\bend\s*$/.test(line)) open.push({ indent: indentation.length, name })
  })
  return found
}

/** Constants of the whole Ruby program that another file sets as well: the last file loaded wins. */
export async function constantsAgain(artifact: Artifact, source: Source, tree: Tree): Promise<readonly Slip[]> {
  if (
    artifact.language !== 'ruby' ||
    /(^|\/)(Rakefile|Gemfile)$|\.(rake|gemspec)$|(^|\/)(scripts?|bin|tools)\//.test(artifact.path)
  )
    return []
  const fresh = freshMatches(artifact, source, /^([A-Z][A-Z0-9_]{3,}|\$[a-z_]{4,})[ \t]*=(?![=~>])[^\n]*/gm).filter(
    ({ match }) => !isIn(artifact.base?.text ?? '', match[1] ?? ''),
  )
  if (fresh.length === 0) return []
  const slips: Slip[] = []
  const paths = (await tree.list()).filter(
    path =>
      path.endsWith('.rb') &&
      path !== artifact.path &&
      roleOf(path) === 'live' &&
      !/(^|\/)(scripts?|bin|tools)\//.test(path),
  )
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined) continue
    for (const { match, span } of fresh) {
      const name = match[1] ?? ''
      const other = assignment(name).exec(text)
      if (other === null) continue
      const line = text.slice(0, other.index).split('\n').length
      slips.push({
        what: 'constant-again',
        name,
        before: assigned(other[0]),
        after: assigned(match[0]),
        otherAt: `${path}:${line}`,
        span,
      })
    }
  }
  return slips
}

function assignment(name: string): RegExp {
  return new RegExp(`^${name.replace('$', '\\$')}[ \\t]*=(?![=~>])[^\\n]*`, 'm')
}

function isIn(text: string, name: string): boolean {
  return assignment(name).test(text)
}

function assigned(line: string): string {
  return line
    .slice(line.indexOf('=') + 1)
    .trim()
    .slice(0, 80)
}
