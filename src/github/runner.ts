import * as core from '@actions/core'

/** The runner's side of a step: its inputs and its log. */
export interface Runner {
  /** The value of an input; '' when it is not set. */
  input(name: string): string
  info(line: string): void
  debug(line: string): void
  /** Fails the step with an annotation. */
  fail(message: string): void
}

export const actionsRunner: Runner = {
  input: name => core.getInput(name),
  info: core.info,
  debug: core.debug,
  fail: core.setFailed,
}
