import type { Level } from '../config/types.ts'
import { type Fact, type FactKind, fieldsOf } from '../facts/types.ts'
import { placeMatches } from '../facts/value/place.ts'
import { globs } from '../text/glob.ts'
import { type Bindings, compileCondition, compileMessage, type FileView } from './condition.ts'
import type { Place, Rule } from './types.ts'

/** What a rule says of one fact: nothing, or a level and a message. */
export type Verdict = { readonly level: Level; readonly message: string } | undefined

/** `bindings` gives the variables of the fact; they are only built for facts that stand where the rule looks. */
export type CompiledRule = (fact: Fact, file: FileView, bindings: () => Bindings) => Verdict

/**
 * Turns a rule into a function. Its conditions are compiled when the first fact stands where the rule looks, so that
 * the many rules that a change does not concern cost next to nothing.
 */
export function lazyRule(rule: Rule, kind: FactKind): CompiledRule {
  const applies = prefilter(rule)
  let judge: CompiledRule | undefined
  return (fact, file, bindings) => {
    if (!applies(fact, file)) return undefined
    judge ??= compileRule(rule, kind)
    return judge(fact, file, bindings)
  }
}

/** Compiles all of a rule. Throws a UserError when a condition or the message does not fit the kind of fact. */
export function compileRule(rule: Rule, kind: FactKind, where = rule.id): CompiledRule {
  const applies = prefilter(rule)
  const when = compileCondition(rule.when, kind, `${where}: when`)
  const levels = (typeof rule.level === 'string' ? [{ level: rule.level }] : rule.level).map(entry => ({
    level: entry.level,
    when:
      'when' in entry && entry.when !== undefined ? compileCondition(entry.when, kind, `${where}: level`) : () => true,
  }))
  const message = compileMessage(rule.message, kind, `${where}: message`)
  return (fact, file, bindings) => {
    if (!applies(fact, file)) return undefined
    const bound = bindings()
    if (!when(bound)) return undefined
    const level = levels.find(entry => entry.when(bound))?.level
    return level === undefined ? undefined : { level, message: message(bound) }
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
  if (typeof place !== 'object' || place === null || !('kind' in place) || !('shape' in place)) return false
  return placeMatches({ kind: String(place.kind), shape: String(place.shape) }, pattern)
}
