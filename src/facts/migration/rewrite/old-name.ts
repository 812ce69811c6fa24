import type { Engine } from '../../../config/types.ts'
import type { Plan } from './plan.ts'
import { sqlName } from './postgres-text.ts'

/** A renamed table that stays readable and writable by its old name, as a view. `here`: both steps, as the framework says them. */
export function oldNameAsView(table: string, viewName: string, here: NonNullable<Plan['here']>): Plan {
  return {
    title: 'Keep the old name alive as a view until no release uses it any more',
    name: `rename ${table}`,
    here,
    later: [
      {
        name: `drop old name ${table}`,
        sql: [`DROP VIEW ${viewName}`],
        bare: false,
        after: 'When no running release uses the old name any more',
      },
    ],
  }
}

/** How an engine writes a name, with its schema, where that needs quotes. */
export function namesOf(engine: Engine): (name: string) => string {
  return engine === 'postgres' ? sqlName : name => name.replace(/[^.]+/g, '`$&`')
}
