import { parseArgs } from 'node:util'
import { closest } from '../text/distance.ts'
import { messageOf, UserError } from '../text/errors.ts'

export const help = `premortem: finds the changes that post-mortems get written about, before they merge

Usage
  premortem [check] [options]      check this branch against where it left the default branch
  premortem demo                   build a small repository from real outage stories and check it
  premortem explain <rule>         what a rule is about, why, and the safe way
  premortem rules [--format json]  list the rules
  premortem rules test [folder]    run the examples of rule files (default: .premortem/rules)
  premortem backtest [options]     run the check over history
  premortem stats [options]        write the size of production's tables into .premortem/tables.yml

Which change
  --base REF          merge into this (default: the default branch); compared from where head left it
  --head REF          merge this (default: the work tree, with staged and untracked files)
  --staged            only what is staged (for a pre-commit hook)
  --diff FILE         a patch instead; - reads standard input
  --repo DIR          the repository (default: here); may be bare when both sides are named
  --exact             compare with base itself, not with where head left it
  --fix               first make the corrections that need nothing else, in the work tree

What counts
  --fail-on LEVEL     exit 1 from this level: error (default), warning, notice, never
  --rule ID           only this rule, or area such as migration/*; repeatable
  --config FILE       configuration (default: premortem.yml, .github/premortem.yml)
  --config-from SIDE  read configuration from head (default) or base
  --now TIME          judge the merge window at this time, as 2026-11-18T16:10:00-05:00
  --label NAME        a label of the pull request; repeatable

Output
  --format NAME[=FILE]  pretty (default), github, json, sarif, markdown; repeatable
  --color WHEN        auto (default), always, never; NO_COLOR and FORCE_COLOR are honoured
  --help, --version

History (backtest)
  --last N, --since DATE, --commit SHA (repeatable)

Statistics (stats; only the catalogs are read, in read-only transactions)
  --database-url URL  postgres://… or mysql://… (default: the environment's DATABASE_URL)
                      with check: judge by the statistics of this database, now
  --output FILE       write here instead; - is standard output
  --schema NAME       only tables of this schema; repeatable, the first is the default one
  --sample SECONDS    count reads and writes for so long (default: mean since the counters'
                      start where the server tells it, else 10); 0 leaves them out
  --min-rows N        leave out tables with fewer rows

Exit status: 0 clean, 1 findings at or above --fail-on, 2 could not run
`

const options = {
  base: { type: 'string' },
  head: { type: 'string' },
  staged: { type: 'boolean' },
  diff: { type: 'string' },
  repo: { type: 'string' },
  exact: { type: 'boolean' },
  fix: { type: 'boolean' },
  'fail-on': { type: 'string' },
  rule: { type: 'string', multiple: true },
  config: { type: 'string' },
  'config-from': { type: 'string' },
  now: { type: 'string' },
  label: { type: 'string', multiple: true },
  format: { type: 'string', multiple: true },
  color: { type: 'string' },
  last: { type: 'string' },
  since: { type: 'string' },
  commit: { type: 'string', multiple: true },
  'database-url': { type: 'string' },
  output: { type: 'string' },
  schema: { type: 'string', multiple: true },
  sample: { type: 'string' },
  'min-rows': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

export const commands = ['check', 'demo', 'explain', 'rules', 'backtest', 'stats'] as const
export type Command = (typeof commands)[number]

export type Flags = ReturnType<typeof parse>['values']

export interface Arguments {
  readonly command: Command
  /** Words after the command. */
  readonly rest: readonly string[]
  readonly flags: Flags
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
}

/** Reads the command line. Throws a UserError for anything it does not know, with the closest thing it does. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = attempt(args)
  const [first = 'check', ...rest] = positionals
  const command = commands.find(name => name === first)
  // A URL may hold a password, which must not end up in a log.
  if (positionals.some(word => word.includes('://')))
    throw new UserError('a URL is not expected here', 'Give it with --database-url URL, or in DATABASE_URL.')
  if (!command) throw new UserError(`there is no command "${first}"${meant(first, commands)}`, 'See premortem --help.')
  if (command === 'check' && rest.length > 0)
    throw new UserError(
      `check takes no words: "${rest.join(' ')}"`,
      'Name sides with --base REF --head REF, a patch with --diff FILE.',
    )
  if (command === 'stats' && rest.length > 0)
    throw new UserError('stats takes no words', 'Name the database with --database-url URL, or in DATABASE_URL.')
  return { command, rest, flags: values }
}

function attempt(args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(args)
  } catch (error) {
    const message = messageOf(error)
    const unknown = /Unknown option '(--?[\w-]+)/.exec(message)?.[1]
    if (unknown !== undefined)
      throw new UserError(
        `there is no option ${unknown}${meant(
          unknown,
          Object.keys(options).map(name => `--${name}`),
        )}`,
        'See premortem --help.',
      )
    throw new UserError(message.split('. ')[0] ?? message, 'See premortem --help.')
  }
}

function meant(word: string, known: Iterable<string>): string {
  const best = closest(word, known)
  return best === undefined ? '' : ` (did you mean ${best}?)`
}

/** One of a closed set of values of a flag. */
export function choice<const T extends string>(
  flag: string,
  value: string | undefined,
  allowed: readonly T[],
  otherwise: T,
): T {
  if (value === undefined) return otherwise
  const found = allowed.find(word => word === value)
  if (found === undefined)
    throw new UserError(`--${flag} ${value}: it is one of ${allowed.join(', ')}${meant(value, allowed)}`)
  return found
}
