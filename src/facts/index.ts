import { migrationKind } from './migration/index.ts'
import type { FactKind } from './types.ts'

/** Every kind of fact. Listing one here is all it takes to have it extracted and judged. */
export const factKinds: readonly FactKind[] = [migrationKind]
