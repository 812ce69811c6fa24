import { alertKind } from './alert/index.ts'
import { callKind } from './call/index.ts'
import { mergeKind } from './merge/index.ts'
import { migrationKind } from './migration/index.ts'
import { retryKind } from './retry/index.ts'
import { scheduleKind } from './schedule/index.ts'
import { syntaxKind } from './syntax/index.ts'
import type { FactKind } from './types.ts'
import { valueKind } from './value/index.ts'

/** Every kind of fact. Listing one here is all it takes to have it extracted and judged. */
export const factKinds: readonly FactKind[] = [
  migrationKind,
  syntaxKind,
  scheduleKind,
  valueKind,
  callKind,
  retryKind,
  alertKind,
  mergeKind,
]
