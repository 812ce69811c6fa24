import type { RubyCall, RubyValue } from '../../../artifact/ruby.ts'
import { rowsOfModel } from './rails-models.ts'
import { type Bound, evaluate, mayVisit, parametersOf, type Scope, walkBlock } from './rails-scope.ts'

/** Calls that run their block several times. */
export const iterates =
  /^(each\w*|loop|times|step|upto|downto|map|flat_map|in_groups_of|find_each|find_in_batches|in_batches|select|reject|inject|reduce|with_index|collect|foreach)$/

/** `%i[a b].each { |name| … }`: each round is read with its value. True when it was such a loop. */
export function overLiteral(call: RubyCall, scope: Scope): boolean {
  if (
    !call.block ||
    !call.receiver ||
    !/^(each|each_with_index|each_pair|map|flat_map|collect|each_key|each_value|reverse_each|each_with_object)$/.test(
      call.name,
    )
  )
    return false
  const on = evaluate(call.receiver, scope)
  const rounds = roundsOf(on, call.name, parametersOf(call.block).length)?.map(round =>
    round.map(value => asModel(value, scope)),
  )
  if (!rounds || rounds.length > 300) return false
  for (const values of rounds) {
    if (!mayVisit(scope, call.node)) break
    walkBlock(call.block, scope, values)
  }
  return true
}

/** `[User, Post].each { |model| … }` */
function asModel(value: Bound, scope: Scope): Bound {
  return value.kind === 'code' && /^[A-Z]\w*(::[A-Z]\w*)*$/.test(value.source)
    ? (rowsOfModel(value.source, scope) ?? value)
    : value
}

function roundsOf(on: RubyValue, name: string, parameters: number): readonly (readonly Bound[])[] | undefined {
  if (on.kind === 'hash') {
    const pairs = [...on.entries].map(([key, value]): readonly RubyValue[] => [
      { kind: 'text', text: key, symbol: true, pieces: [], holes: 0 },
      value,
    ])
    return name === 'each_key'
      ? pairs.map(pair => pair.slice(0, 1))
      : name === 'each_value'
        ? pairs.map(pair => pair.slice(1))
        : pairs
  }
  if (on.kind !== 'array') return undefined
  return on.items.map(item => (item.kind === 'array' && parameters > 1 ? item.items : [item]))
}
