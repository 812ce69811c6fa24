/**
 * Something the user can put right: a wrong option, reference, configuration or rule file. Printed as one line
 * with the next step; exit code 2. Everything else that is thrown is a defect of premortem.
 */
export class UserError extends Error {
  override name = 'UserError' as const
  /** What to do next, as a sentence. */
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
