import type { CallFact } from './fields.ts'

/** Options that say on which of several environments, clusters or accounts a command acts. */
const long =
  /^--(env|environment|stage|context|kube-?context|kubeconfig|profile|project|account|subscription|cluster|app|workspace|target)(?:=(.+))?$/
const short = /^-(e|a|s|c|p)$/
const named = /^(prod|production|prd|live|staging|stage|stg|dev|development|test|qa|uat|sandbox|preview)\b/i

/** The same choice made another way: by the environment, a login or a step before. */
const chosenElsewhere =
  /\b\w*(?:ENV|ENVIRONMENT|STAGE|CONTEXT|KUBECONFIG|PROFILE|PROJECT|ACCOUNT|SUBSCRIPTION|CLUSTER|APP|WORKSPACE)["']?\s*[=:]|\buse-context\b|\bconfig set\b|\bselect\b|\blink\b|\buse\b|\bassume|\bset-account|update-kubeconfig|get-credentials/

interface Target {
  readonly option: string
  readonly value: string
  readonly positional: readonly string[]
}

/** Which target a command names, and its words apart from options. */
function targetOf(words: readonly string[]): Target | undefined {
  for (const [at, word] of words.entries()) {
    const match = long.exec(word)
    const next = words[at + 1] ?? ''
    const isShort = short.test(word) && named.test(next)
    if (match === null && !isShort) continue
    const value = match?.[2] ?? next
    if (value === '' || value.startsWith('-')) continue
    const rest = words.filter((_, index) => index !== at && (match?.[2] !== undefined || index !== at + 1))
    return { option: `${word}${match?.[2] === undefined ? ` ${value}` : ''}`, value, positional: positionalOf(rest) }
  }
  return undefined
}

const positionalOf = (words: readonly string[]): readonly string[] => words.filter(word => !word.startsWith('-'))

/** The option by which the same command named its target before, where it no longer names any. */
export function targetLostBy(fact: CallFact, removed: readonly CallFact[], addedText: string): string {
  if (fact.command === '' || fact.words.length < 2 || fact.targetNamed || targetOf(fact.words) !== undefined) return ''
  if (fact.variables.length > 0 || chosenElsewhere.test(addedText)) return ''
  const now = positionalOf(fact.words).join(' ')
  for (const old of removed) {
    if (old.path !== fact.path || old.command !== fact.command) continue
    const target = targetOf(old.words)
    if (target !== undefined && target.positional.join(' ') === now && !addedText.includes(target.value))
      return target.option
  }
  return ''
}
