import { touches } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import { spanOf } from '../../text/lines.ts'
import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'

/** Managers that every model has, or that Django keeps to itself. */
const always: ReadonlySet<string> = new Set(['objects', '_default_manager', '_base_manager', '_meta'])

const model = `apps\\.get_model\\(\\s*["']([\\w.]+)["'](?:\\s*,\\s*(?:model_name\\s*=\\s*)?["'](\\w+)["'])?\\s*,?\\s*\\)`

/** What only a manager or its query set is asked. */
const queries =
  'filter|exclude|all|get|create|get_or_create|update_or_create|bulk_create|bulk_update|in_bulk|values|values_list|order_by|annotate|aggregate|only|defer|iterator|count|exists|first|last|earliest|latest|update|delete|using|raw|select_related|prefetch_related|select_for_update|distinct|none|extra'

/**
 * Queries through a manager that a model from `apps.get_model` does not have: it comes with the managers that say
 * `use_in_migrations = True`, which Django writes into the migrations of the app.
 */
export async function historicalFacts(setting: Setting, tree: Tree): Promise<readonly MigrationFact[]> {
  const { artifact } = setting
  const source = artifact.head
  if (artifact.kind !== 'django-migration' || source === undefined || !source.text.includes('get_model')) return []
  const facts: MigrationFact[] = []
  const kept = new Map<string, Promise<boolean>>()
  for (const { name, label, manager, at, length } of queriesIn(source.text)) {
    const span = spanOf(source.lines, at, at + length)
    const key = `${label}.${manager}`
    const known = kept.get(key) ?? isKept(manager, label, artifact.path, tree)
    kept.set(key, known)
    if (!touches(artifact, 'head', span) || (await known)) continue
    facts.push({
      ...blankFact(setting, 'missing-manager', source.text.slice(at, at + length)),
      span,
      how: manager,
      to: name,
    })
  }
  return facts
}

interface Query {
  /** Name of the model. */
  readonly name: string
  /** Label of its app. */
  readonly label: string
  readonly manager: string
  readonly at: number
  readonly length: number
}

function queriesIn(text: string): readonly Query[] {
  const found: Query[] = []
  const note = (match: RegExpExecArray, manager: string, app: string, of: string | undefined): void => {
    const line = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index)
    const [label = '', name = of ?? ''] = app.split('.')
    if (!always.has(manager) && !line.includes('#'))
      found.push({ name, label, manager, at: match.index, length: match[0].length })
  }
  for (const match of text.matchAll(new RegExp(`${model}\\.(\\w+)\\.(?:${queries})\\(`, 'g')))
    note(match, match[3] ?? '', match[1] ?? '', match[2])
  const variables = new Map<string, { readonly app: string; readonly of: string | undefined } | undefined>()
  for (const [, variable = '', app = '', of] of text.matchAll(
    new RegExp(`^[ \\t]*(\\w+)\\s*=\\s*${model}\\s*(?:#.*)?$`, 'gm'),
  )) {
    const known = variables.get(variable)
    // The same name for two models: which of them is meant, the text does not tell.
    const same = !variables.has(variable) || (known?.app === app && known.of === of)
    variables.set(variable, same ? { app, of } : undefined)
  }
  for (const [variable, meant] of variables) {
    const otherwise = new RegExp(
      `^[ \\t]*(?:from .* import .*\\b${variable}\\b|for ${variable}\\b|class ${variable}\\b)|\\b${variable}\\.add_to_class\\(`,
      'm',
    )
    const assigned = text.match(new RegExp(`^[ \\t]*${variable}\\s*=(?!=)`, 'gm'))?.length ?? 0
    const given = text.match(new RegExp(`^[ \\t]*${variable}\\s*=\\s*apps\\.get_model\\(`, 'gm'))?.length ?? 0
    if (meant === undefined || assigned > given || otherwise.test(text)) continue
    for (const match of text.matchAll(new RegExp(`(?<![\\w.])${variable}\\.(\\w+)\\.(?:${queries})\\(`, 'g')))
      note(match, match[1] ?? '', meant.app, meant.of)
  }
  return found.sort((one, other) => one.at - other.at)
}

/** A migration of the app keeps the manager, or the app's migrations are not in the repository. */
async function isKept(manager: string, label: string, own: string, tree: Tree): Promise<boolean> {
  const folder = `/${label}/migrations/`
  const paths = (await tree.list()).filter(path => path.endsWith('.py') && `/${path}`.includes(folder))
  if (paths.length === 0) return true
  const named = new RegExp(`["']${manager}["']\\s*,`)
  for (const path of [...paths, own]) {
    const text = (await tree.read(path)) ?? ''
    if (text.includes('managers') && named.test(text)) return true
  }
  return false
}
