import { type Artifact, touches } from '../../artifact/types.ts'
import type { Change } from '../../change/types.ts'
import { spanOf } from '../../text/lines.ts'
import { familyOf } from '../migration/known.ts'
import type { StoredNameFact } from './fields.ts'
import { codeFiles, enumValueNamed, placesOf } from './search.ts'

const back =
  /^\s*(def (self\.)?down\b|def downgrade\b|(export )?(async )?function down\b|(public )?(override )?async down\(|exports\.down\b|down\s*[:=(]|--\s*\+goose Down|--\s*migrate:down|--\s*\+migrate Down|--\s*Down Migration)/im
const listed = `\\s+AS\\s+ENUM\\s*\\(([^)]*)\\)`
const most = 3000

/** Values of PostgreSQL's enumerations that a migration leaves out of the type that takes the place of the old one. */
export async function databaseEnums(artifact: Artifact, change: Change): Promise<readonly StoredNameFact[]> {
  const { head } = artifact
  if (head === undefined || !/\bENUM\b/i.test(head.text)) return []
  const up = head.text.slice(0, back.exec(head.text)?.index ?? head.text.length)
  const facts: StoredNameFact[] = []
  const add = async (at: number, length: number, container: string, name: string): Promise<void> => {
    const span = spanOf(head.lines, at, at + length)
    if (!touches(artifact, 'head', span)) return
    const named = enumValueNamed(container, name)
    const head_ = await placesOf(named, codeFiles, change, 'head')
    facts.push({
      kind: 'stored-name',
      path: artifact.path,
      side: 'head',
      span,
      stored: 'database-enum',
      name,
      container,
      successor: '',
      usedAt: await placesOf(named, codeFiles, change, 'base'),
      leftAt: head_.filter(place => !place.startsWith(`${artifact.path}:`)),
      rewritten: new RegExp(`\\b(UPDATE|DELETE|WHEN)\\b[^;]*'${quoted(name)}'`, 'i').test(up),
    })
  }
  for (const found of up.matchAll(new RegExp(`CREATE\\s+TYPE\\s+([\\w."]+)${listed}`, 'gi'))) {
    const made = bare(found[1] ?? '')
    const type = replacedBy(made, up)
    if (type === undefined) continue
    const now = new Set(valuesOf(found[2] ?? ''))
    const before = await valuesAtBase(type, artifact.path, change)
    for (const value of before.filter(one => !now.has(one))) await add(found.index, found[0].length, type, value)
  }
  return facts
}

const quoted = (name: string): string => name.replace(/\W/g, '\\$&')
const bare = (name: string): string => name.replaceAll('"', '').replace(/^.*\./, '')
const valuesOf = (list: string): readonly string[] => [...list.matchAll(/'([^']*)'/g)].map(([, value = '']) => value)

/** The type whose name the new one takes: `X_new` renamed to X, or X renamed out of the way. */
function replacedBy(made: string, text: string): string | undefined {
  const to = new RegExp(`ALTER\\s+TYPE\\s+[\\w."]*\\b${quoted(made)}"?\\s+RENAME\\s+TO\\s+"?(\\w+)`, 'i').exec(
    text,
  )?.[1]
  if (to !== undefined && to !== made && !/_?old$/i.test(to)) return to
  return new RegExp(`ALTER\\s+TYPE\\s+[\\w."]*\\b${quoted(made)}"?\\s+RENAME\\s+TO\\b`, 'i').test(text)
    ? made
    : undefined
}

/** Values of the type as the earlier migrations left it. */
async function valuesAtBase(type: string, path: string, { trees }: Change): Promise<readonly string[]> {
  const family = familyOf(path)
  const ending = path.slice(path.lastIndexOf('.'))
  const paths = (await trees.base.list()).filter(one => one.startsWith(family) && one.endsWith(ending)).slice(-most)
  let values: string[] = []
  const made = new RegExp(`CREATE\\s+TYPE\\s+[\\w."]*\\b${quoted(type)}(?:_new)?"?${listed}`, 'i')
  const added = new RegExp(
    `ALTER\\s+TYPE\\s+[\\w."]*\\b${quoted(type)}"?\\s+ADD\\s+VALUE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?'([^']+)'`,
    'gi',
  )
  for (const one of paths) {
    const text = await trees.base.read(one)
    if (text === undefined || !text.includes(type)) continue
    const all = made.exec(text)?.[1]
    if (all !== undefined) values = [...valuesOf(all)]
    values.push(...[...text.matchAll(added)].map(([, value = '']) => value))
  }
  return [...new Set(values)]
}
