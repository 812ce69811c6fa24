import { touches } from '../../artifact/types.ts'
import { spanOf } from '../../text/lines.ts'
import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'

/** `from shop.models import Invoice, Customer`, `from ..models.order import (Order,)`; not Django's own `models`. */
const imports =
  /^[ \t]*from[ \t]+((?:\.+|[a-z_]\w*\.)(?:\w+\.)*models(?:\.\w+)*|\.+models(?:\.\w+)*)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n#]+))/gm

/**
 * Queries of a Django migration through the model as the code has it today, not as it was when the migration ran: its columns
 * are those of the newest migration, which the database does not have yet.
 */
export function liveModels(setting: Setting): readonly MigrationFact[] {
  const { artifact } = setting
  const source = artifact.head
  if (artifact.kind !== 'django-migration' || source === undefined || !source.text.includes('RunPython')) return []
  const { text } = source
  const models = [...text.matchAll(imports)].flatMap(([, from = '', inBrackets, plain]) =>
    from.startsWith('django.') ? [] : namesIn(inBrackets ?? plain ?? ''),
  )
  for (const model of models) {
    if (new RegExp(`^[ \\t]*${model}\\s*=\\s*(?:\\w+\\.)*get_model\\(`, 'm').test(text)) continue
    const match = new RegExp(`^(?![ \\t]*#).*?(?<![\\w."'])(${model}\\.(?:objects|_default_manager)\\.\\w+)`, 'm').exec(
      text,
    )
    if (match?.[1] === undefined) continue
    const at = match.index + match[0].length - match[1].length
    const span = spanOf(source.lines, at, at + match[1].length)
    if (touches(artifact, 'head', span))
      return [{ ...blankFact(setting, 'live-model', match[1]), span, how: match[1], to: model }]
  }
  return []
}

const namesIn = (list: string): readonly string[] =>
  list.split(',').flatMap(item => /^\s*(?:[A-Z]\w*\s+as\s+)?([A-Z]\w*)\s*$/.exec(item.replace(/#.*/g, ''))?.[1] ?? [])
