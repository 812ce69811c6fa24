import type { Level } from '../config/types.ts'
import { type Fact, type FactKind, fieldsOf } from '../facts/types.ts'
import { placeMatches } from '../facts/value/place.ts'
import { globs } from '../text/glob.ts'
import { bindingsOf, compileCondition, compileMessage, type FileView } from './condition.ts'
import type { Place, Rule } from './types.ts'

/** What a rule says of one fact: nothing, or a level and a message. */
export type Verdict = { readonly level: Level; readonly message: string } | undefined

export type CompiledRule = (fact: Fact, file: FileView) => Verdict

/** Turns a rule into a function. Throws a UserError when a condition or the message does not fit the kind of fact. */
export function compileRule(rule: Rule, kind: FactKind, where = rule.id): CompiledRule {
  const applies = prefilter(rule)
  const when = compileCondition(rule.when, kind, `${where}: when`)
  const levels = (typeof rule.level === 'string' ? [{ level: rule.level }] : rule.level).map(entry => ({
    level: entry.level,
    when:
      'when' in entry && entry.when !== undefined ? compileCondition(entry.when, kind, `${where}: level`) : () => true,
  }))
  const message = compileMessage(rule.message, kind, `${where}: message`)
  return (fact, file) => {
    if (!applies(fact, file)) return undefined
    const bindings = bindingsOf(fact, kind, file)
    if (!when(bindings)) return undefined
    const level = levels.find(entry => entry.when(bindings))?.level
    return level === undefined ? undefined : { level, message: message(bindings) }
  }
}

function prefilter(rule: Rule): (fact: Fact, file: FileView) => boolean {
  const { places, artifacts, paths, roles = ['live'] } = rule.where ?? {}
  const inPaths = paths === undefined ? () => true : globs(paths)
  return (fact, file) =>
    roles.includes(file.role) &&
    (artifacts === undefined || artifacts.includes(file.kind)) &&
    inPaths(fact.path) &&
    (places === undefined || places.some(place => standsAt(fact, place)))
}

function standsAt(fact: Fact, pattern: Place): boolean {
  const { place } = fieldsOf(fact)
  if (typeof place !== 'object' || place === null || !('kind' in place) || !('path' in place)) return false
  return placeMatches({ kind: String(place.kind), path: String(place.path) }, pattern)
}
