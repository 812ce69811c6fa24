import type { Field } from '../src/facts/fields.ts'
import type { FactKind } from '../src/facts/types.ts'
import type { Rule } from '../src/rule/types.ts'

/** docs/rules.md: every rule with what, why, the safer way, incidents and sources. */
export function rulesPage(rules: readonly Rule[]): string {
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1))
  const index = sorted.map(
    rule => `| [${rule.id}](#${anchor(rule.id)}) | ${levelsOf(rule)} | ${rule.title.replaceAll('|', '\\|')} |`,
  )
  const sections = sorted.map(rule =>
    [
      `<a id="${anchor(rule.id)}"></a>\n## ${rule.id}`,
      `**${rule.title}.** Level: ${levelsOf(rule)}. Looks at ${rule.on} facts.`,
      rule.why.trim(),
      `**Safer:**\n\n${rule.fix.trim()}`,
      ...(rule.incidents?.length
        ? [
            `It happened: ${rule.incidents.map(({ title, year, url }) => `[${title}${year === undefined ? '' : `, ${year}`}](${url})`).join(' · ')}`,
          ]
        : []),
      `Sources: ${rule.sources.map(url => `<${url}>`).join(' · ')}`,
    ].join('\n\n'),
  )
  return `<!-- Made by npm run docs from rules/. -->\n# Rules\n\n${sorted.length} rules. \`premortem explain <rule>\` shows the same with examples.\n\n| rule | level | what |\n|---|---|---|\n${index.join('\n')}\n\n${sections.join('\n\n')}\n`
}

/** The id as an anchor; \`docsOf\` in src/rule/judge.ts links to it. */
function anchor(id: string): string {
  return id.replace('/', '-')
}

function levelsOf(rule: Rule): string {
  return typeof rule.level === 'string' ? rule.level : [...new Set(rule.level.map(entry => entry.level))].join(' or ')
}

/** docs/facts.md: the fields that a rule's condition can use, by kind of fact. */
export function factsPage(kinds: readonly FactKind[]): string {
  const common = [
    ['path', 'string', 'Path of the file, at head; at base for something removed with its file.'],
    ['side', 'string', '`head` for what is added or altered, `base` for what is removed.'],
    ['file.kind', 'string', 'What the file is for: `sql-migration`, `k8s`, `compose`, `terraform`, `code` …'],
    ['file.language', 'string', 'Language the file is written in.'],
    [
      'file.role',
      'string',
      '`live`, `test`, `example`, `docs`. Rules see only `live` files unless `where.roles` says otherwise.',
    ],
    ['file.environment', 'string', '`production`, `lower` (staging, development …) or `unknown`.'],
    ['file.status', 'string', '`added`, `modified`, `deleted`, `renamed`, `copied`, `retyped`.'],
  ] as const
  const kindSections = kinds.map(
    kind => `## ${kind.name}\n\n${kind.doc}\n\n${table(rowsOf(kind.fields))}${rewritesOf(kind)}`,
  )
  return `<!-- Made by npm run docs from src/facts/. -->\n# Facts\n\nWhat a rule's \`when\`, \`level\` and \`message\` can use. Optional fields are \`null\` when absent; a comparison between values of different types does not hold.\n\n## Every fact\n\n${table(common)}\n\n${kindSections.join('\n\n')}\n`
}

/** The rewrites that a rule on this kind can ask for. */
function rewritesOf({ rewrites }: FactKind): string {
  if (rewrites === undefined) return ''
  const rows = Object.entries(rewrites).map(([name, doc]) => `| \`${name}\` | ${doc} |`)
  return `\n\nA rule can add code to use instead, worked out for the very place, with \`rewrite:\` and one of\n\n| rewrite | what it gives |\n|---|---|\n${rows.join('\n')}`
}

type Row = readonly [name: string, type: string, doc: string]

function rowsOf(fields: Readonly<Record<string, Field<unknown>>>, prefix = ''): readonly Row[] {
  return Object.entries(fields).flatMap(([name, field]): readonly Row[] => {
    if (typeof field.type !== 'string') return rowsOf(field.type, `${prefix}${name}.`)
    return [[`${prefix}${name}`, typeOf(field), docOf(field)]]
  })
}

function typeOf(field: Field<unknown>): string {
  if (field.optional) return 'optional'
  return field.type === 'double' ? 'number' : field.type === 'dyn' ? 'any' : String(field.type)
}

function docOf(field: Field<unknown>): string {
  const words =
    'words' in field && Array.isArray(field.words)
      ? ` One of ${field.words.map(word => `\`${String(word)}\``).join(', ')}.`
      : ''
  return `${field.doc}${words}`.replace(/\s+/g, ' ').replaceAll('|', '\\|')
}

function table(rows: readonly Row[]): string {
  return `| field | type | meaning |\n|---|---|---|\n${rows.map(([name, type, doc]) => `| \`${name}\` | ${type} | ${doc} |`).join('\n')}`
}
