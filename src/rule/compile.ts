import type { Level } from '../config/types.ts'
import type { FactKind } from '../facts/types.ts'
import { suggestion } from '../text/distance.ts'
import { UserError } from '../text/errors.ts'
import { once } from '../text/once.ts'
import { type Bindings, compileCondition, compileMessage } from './condition.ts'
import type { Rule } from './types.ts'

/** What a rule says of one fact: nothing, or a level and a message. */
export type Verdict = { readonly level: Level; readonly message: string } | undefined

export type CompiledRule = (bindings: Bindings) => Verdict

/**
 * Turns a rule into a function whose parts are compiled when they are first needed: level and message only when the
 * condition holds, which for most rules is never. For rules that have been checked before (`checkRule`).
 */
export function compileRule(rule: Rule, kind: FactKind): CompiledRule {
  const parts = partsOf(rule, kind, rule.id, false)
  return bindings => {
    if (!parts.when()(bindings)) return undefined
    const level = parts.levels().find(entry => entry.when(bindings))?.level
    return level === undefined ? undefined : { level, message: parts.message()(bindings) }
  }
}

/** Compiles and type-checks all of a rule. Throws a UserError when something does not fit the kind of fact. */
export function checkRule(rule: Rule, kind: FactKind, where: string): void {
  const parts = partsOf(rule, kind, where, true)
  parts.when()
  parts.levels()
  parts.message()
  const { rewrite } = rule
  const known = Object.keys(kind.rewrites ?? {})
  if (rewrite !== undefined && !known.includes(rewrite))
    throw new UserError(
      `${where}: ${kind.name} facts have no rewrite "${rewrite}"${suggestion(rewrite, known) || (known.length === 0 ? '' : `; there are ${known.join(', ')}`)}`,
    )
}

function partsOf(rule: Rule, kind: FactKind, where: string, checked: boolean) {
  const levels = typeof rule.level === 'string' ? [{ level: rule.level }] : rule.level
  return {
    when: once(() => compileCondition(rule.when, kind, `${where}: when`, checked)),
    message: once(() => compileMessage(rule.message, kind, `${where}: message`, checked)),
    levels: once(() =>
      levels.map(entry => ({
        level: entry.level,
        when:
          'when' in entry && entry.when !== undefined
            ? compileCondition(entry.when, kind, `${where}: level`, checked)
            : () => true,
      })),
    ),
  }
}
