import type { Flags } from './arguments.ts'
import type { Io } from './io.ts'
export async function runDemo(_flags: Flags, _io: Io): Promise<number> {
  return 0
}
