import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the built command line as a user does. Build first: `npm run build`. */
export function premortem(
  cwd: string,
  args: readonly string[],
  options: { input?: string; node?: string; env?: Record<string, string> } = {},
): Outcome {
  const { GITHUB_ACTIONS: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(options.node ?? process.execPath, [resolve('dist/cli.js'), ...args], {
    cwd,
    encoding: 'utf8',
    input: options.input ?? '',
    env: { ...env, ...options.env },
    maxBuffer: 1 << 28,
  })
  return { code: status, out: stdout, err: stderr }
}
