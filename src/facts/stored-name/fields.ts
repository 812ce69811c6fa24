import { flag, text, texts, word } from '../fields.ts'
import type { FactOf } from '../types.ts'

export const storedNameFields = {
  stored: word(
    ['job', 'task', 'type-column', 'polymorphic', 'enum-value', 'enum-position', 'database-enum'],
    'Where the name lives on outside of the code: in a queue (`job`: class of a Ruby job, `task`: of Celery and the like), in the `type` column of single table inheritance, in the `…_type` column of a polymorphic association, in a column or document as a value of an enumeration, as the number of its position, or in an enumeration type of PostgreSQL that a migration makes anew.',
  ),
  name: text('The name that is gone, with its modules; of an enumeration the member.'),
  container: text('Parent class, or the enumeration.'),
  successor: text('The name that takes its place, where one does; empty for a removal.'),
  usedAt: texts('Places at base that queue it, read or store it, as `path:line`; at most five.'),
  leftAt: texts('Places of the code after the change that still name it, as `path:line`; at most five.'),
  rewritten: flag('A migration or script of the same change names the old name: stored rows are rewritten.'),
}

/** A name of the code that data or queues outside of it hold, and that the change takes away. Source: both sides of the code. */
export type StoredNameFact = FactOf<'stored-name', typeof storedNameFields>
