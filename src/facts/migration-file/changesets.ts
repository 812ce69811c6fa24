import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import type { Span } from '../../text/lines.ts'
import { formattedChangeSets, isFormattedSql } from '../migration/frontends/liquibase-sql.ts'
import { changelogOf, type Entry } from '../migration/frontends/liquibase-tree.ts'
import type { FactContext } from '../types.ts'
import { blank } from './blank.ts'
import type { MigrationFileFact } from './fields.ts'

/** Most edited change sets of a file that are each told. */
const mostSaid = 4

/** A change set as far as its checksum goes. */
interface ChangeSet {
  /** Author and id, by which Liquibase remembers it. */
  readonly name: string
  readonly body: string
  /** It may be edited: `runOnChange`, `runAlways`, or another checksum is declared valid. */
  readonly spared: boolean
  readonly span: Span
  /** Places of its parts, to point at the one that was edited. */
  readonly parts: readonly Span[]
}

/** Change sets of Liquibase that are on the base branch and whose checksum the change alters. */
export async function changeSetFacts(
  _context: FactContext,
  artifacts: readonly Artifact[],
): Promise<readonly MigrationFileFact[]> {
  const facts: MigrationFileFact[] = []
  for (const artifact of artifacts) {
    const { base, head, status } = artifact
    if (status !== 'modified' || base === undefined || head === undefined || !isChangelog(artifact)) continue
    const before = await setsOf(base)
    const after = await setsOf(head)
    const last = before.at(-1)?.name
    const edited = after.filter(set => {
      const old = before.filter(({ name }) => name === set.name)
      const [only] = old
      return only !== undefined && old.length === 1 && !only.spared && !set.spared && only.body !== set.body
    })
    // One stops the deployment as well as fifty do.
    const said = edited.length > mostSaid ? edited.slice(0, 1) : edited
    for (const set of said)
      facts.push({
        ...blank,
        path: artifact.path,
        span: set.parts.find(part => touches(artifact, 'head', part)) ?? set.span,
        problem: 'edited',
        framework: 'liquibase',
        changes: 'structure',
        what: said === edited ? set.name : `${set.name} and ${edited.length - 1} more`,
        checksum: true,
        newest: set.name === last,
      })
  }
  return facts
}

/** Not the state of the whole schema, from which new databases are made. */
const isChangelog = ({ kind, base, path }: Artifact): boolean =>
  (kind === 'liquibase-changelog' || (kind === 'sql-migration' && isFormattedSql(base?.text ?? ''))) &&
  !/(^|\/)snapshots?\//i.test(path)

async function setsOf(source: Source): Promise<readonly ChangeSet[]> {
  if (source.path.endsWith('.sql')) return sqlSets(source)
  const root = await changelogOf(source)
  if ('error' in root) return []
  return root.children.flatMap((entry): readonly ChangeSet[] => {
    const of = (name: string): string => entry.values.get(name)?.text ?? ''
    if (entry.name !== 'changeSet' || of('id') === '') return []
    const parts = entry.children.filter(({ name }) => !aside.test(name))
    const spared =
      /^true$/i.test(of('runOnChange')) ||
      /^true$/i.test(of('runAlways')) ||
      entry.values.has('validCheckSum') ||
      entry.children.some(({ name }) => name === 'validCheckSum')
    return [
      {
        name: `${of('author')}:${of('id')}`,
        body: JSON.stringify(parts.map(bodyOf)),
        spared,
        span: { ...entry.span, endLine: entry.span.line, endColumn: entry.span.column + 1 },
        parts: parts.flatMap(part => [...part.children.map(({ span }) => span), part.span]),
      },
    ]
  })
}

/** Parts that the checksum leaves out. */
const aside = /^(preConditions|validCheckSum|comment|rollback|property|tagDatabase)$/

function bodyOf({ name, values, children }: Entry): unknown {
  const texts = [...values].map(([key, { text }]) => [key, text.replace(/\s+/g, ' ').trim()] as const)
  return [name, texts.sort(([one], [other]) => (one < other ? -1 : 1)), children.map(bodyOf)]
}

function sqlSets(source: Source): readonly ChangeSet[] {
  return formattedChangeSets(source).map(({ name, attributes, start, end, line }) => ({
    name,
    body: source.text
      .slice(start, end)
      .replace(/^[ \t]*--.*$/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
    spared:
      /^true$/i.test(attributes.get('runonchange') ?? '') ||
      /^true$/i.test(attributes.get('runalways') ?? '') ||
      /^[ \t]*--[ \t]*validCheckSum/im.test(source.text.slice(start, end)),
    span: line,
    parts: [],
  }))
}
