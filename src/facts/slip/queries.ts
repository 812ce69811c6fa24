import type { Artifact, Source } from '../../artifact/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import { argumentsFrom, freshMatches, type Slip } from './found.ts'

/** Relations that grow without end. */
const growing =
  /event|log|audit|histor|version|message|notification|comment|entr(y|ies)|transaction|metric|release|activit|visit|view|order|post|job|session|download/i

/** Relations to many that are loaded with every object from now on: SQLAlchemy, TypeORM, Rails' default scope. */
export function eagerRelations(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.language === 'python') return sqlalchemy(artifact, source)
  if (artifact.language === 'ruby')
    return freshMatches(artifact, source, /\bdefault_scope\b[^\n]*\b(?:includes|eager_load|preload)\(?\s*:?(\w+)/g)
      .filter(({ match }) => growing.test(match[1] ?? ''))
      .map(({ match, span }) => ({ what: 'eager-load', name: match[1] ?? '', span }))
  if (artifact.language !== 'typescript') return []
  return freshMatches(artifact, source, /@OneToMany\([^\n]*\beager:\s*true[^\n]*\n\s*(?:readonly\s+|public\s+)?(\w+)/g)
    .filter(({ match }) => growing.test(match[1] ?? ''))
    .map(({ match, span }) => ({ what: 'eager-load', name: match[1] ?? '', span }))
}

const eager = /\blazy\s*=\s*(["'](joined|subquery|selectin|immediate)["']|False)/

/** A relation of the name was loaded with every object at base already. */
function wasEager(base: Source | undefined, name: string): boolean {
  if (base === undefined) return false
  const declared = new RegExp(`^[ \\t]*${name}(?:\\s*:[^=\\n]+)?\\s*=\\s*(?:[\\w.]*\\.)?relationship\\(`, 'gm')
  return [...base.text.matchAll(declared)].some(({ index, 0: { length } }) =>
    eager.test(argumentsFrom(base.text, index + length - 1)),
  )
}

function sqlalchemy(artifact: Artifact, source: Source): readonly Slip[] {
  return freshMatches(artifact, source, /^[ \t]*(\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:[\w.]*\.)?relationship\(/gm).flatMap(
    ({ match, span }) => {
      const open = source.text.indexOf('(', source.lines.starts[span.endLine - 1] ?? 0)
      const given = argumentsFrom(source.text, open)
      const name = match[1] ?? ''
      const isEager = eager.test(given) && !wasEager(artifact.base, name)
      const isMany = !/uselist\s*=\s*False/.test(given) && /s$/.test(name) && !/ss$/.test(name)
      return isEager && isMany && growing.test(name) ? [{ what: 'eager-load', name, span } satisfies Slip] : []
    },
  )
}

/** Conditions on "not yes" that become "is no", by what they look like; the rows without the field are left out from then on. */
const negations: readonly { readonly before: RegExp; readonly after: (name: string) => RegExp }[] = [
  {
    before: /["']?([\w.]+)["']?\s*:\s*\{\s*["']?\$ne["']?\s*:\s*(?:true|null)\s*\}/,
    after: name => new RegExp(`["']?${name}["']?\\s*:\\s*(false|\\{\\s*["']?\\$eq["']?\\s*:\\s*false\\s*\\})`),
  },
  {
    before: /([\w.]+)\s+is\s+not\s+true\b/i,
    after: name => new RegExp(`${name}\\s*(=\\s*(false|0)|is\\s+false)\\b`, 'i'),
  },
  {
    before: /([\w.]+)\s+is\s+null\s+or\s+(?:not\s+)?\1\b/i,
    after: name => new RegExp(`${name}\\s*(=\\s*(false|0)|is\\s+false|<>|!=)`, 'i'),
  },
  {
    before: /\bwhere\.not\(\s*(\w+):\s*true\s*\)/,
    after: name => new RegExp(`\\bwhere\\(\\s*${name}:\\s*false\\s*\\)`),
  },
  { before: /\.exclude\(\s*(\w+)=True\s*\)/, after: name => new RegExp(`\\.filter\\(\\s*${name}=False\\s*\\)`) },
]

/** Most conditions of one hunk that are held against its new lines. */
const mostConditions = 50

/** Conditions that begin to leave out rows without the field. */
export function nullsExcluded(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined) return []
  return artifact.hunks.flatMap(hunk => {
    const removed = Array.from({ length: hunk.baseCount }, (_, at) => lineText(base.lines, hunk.baseStart + at))
    // Few lines have such a condition, and only those are held against the new ones.
    const conditions = negations
      .flatMap(({ before, after }) => removed.map(old => ({ match: before.exec(old), before, after })))
      .flatMap(({ match, before, after }) =>
        match?.[1] === undefined ? [] : [{ was: match[0], name: match[1], before, after }],
      )
      .slice(0, mostConditions)
    if (conditions.length === 0) return []
    return Array.from({ length: hunk.headCount }, (_, at) => hunk.headStart + at).flatMap((line): readonly Slip[] => {
      const text = lineText(source.lines, line)
      for (const { was, name, before, after } of conditions) {
        if (before.test(text)) continue
        const now = after(name.replace(/\./g, '\\.')).exec(text)
        if (now)
          return [{ what: 'null-excluded', name, before: was, after: now[0], span: lineSpan(source.lines, line) }]
      }
      return []
    })
  })
}
