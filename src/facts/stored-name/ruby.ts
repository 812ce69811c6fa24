/** A class of Ruby as its text declares it. */
export interface RubyClass {
  /** With its modules: `Billing::ChargeJob`. */
  readonly name: string
  readonly parent: string
  /** Line, from 1. */
  readonly line: number
  readonly body: string
}

/** Classes of a file, told by indentation, which formatters keep. */
export function rubyClasses(text: string): readonly RubyClass[] {
  const lines = text.split('\n')
  const stack: { indent: number; name: string }[] = []
  return lines.flatMap((line, at): readonly RubyClass[] => {
    const found = /^(\s*)(class|module)\s+([A-Z][\w:]*)(?:\s*<\s*([A-Z][\w:]*))?/.exec(line)
    if (found === null) return []
    const [, space = '', keyword, own = '', parent = ''] = found
    while (stack.length > 0 && (stack.at(-1)?.indent ?? 0) >= space.length) stack.pop()
    const name = [...stack.map(item => item.name), own].join('::')
    stack.push({ indent: space.length, name: own })
    if (keyword === 'module') return []
    const end = lines.findIndex((one, next) => next > at && one.startsWith(`${space}end`))
    return [{ name, parent, line: at + 1, body: lines.slice(at, end === -1 ? undefined : end).join('\n') }]
  })
}

/** How a class of this kind is stored outside of the code; undefined for one that is not. */
export function storedAs(
  { parent, body }: RubyClass,
  models: ReadonlySet<string>,
): 'job' | 'type-column' | 'polymorphic' | undefined {
  if (/(^|::)(Application|Base|Active)?Job(::Base)?$|Job$|Worker$/.test(parent) && /\bdef\s+perform\b/.test(body))
    return 'job'
  if (
    /\binclude\s+(Sidekiq::(Job|Worker)|Delayed::|GoodJob)|^\s*@queue\s*=/m.test(body) &&
    /\bdef\s+(self\.)?perform\b/.test(body)
  )
    return 'job'
  if (/\b(sti_name|polymorphic_name)\b/.test(body)) return undefined
  if (models.has(parent)) return 'type-column'
  const isModel = /(^|::)(ApplicationRecord|ActiveRecord::Base)$/.test(parent)
  const attached =
    /^\s*(has_(many|one)\b.*\bas:|has_(one|many)_attached\b|has_rich_text\b|has_paper_trail\b|audited\b|acts_as_taggable)/m
  return isModel && attached.test(body) ? 'polymorphic' : undefined
}
