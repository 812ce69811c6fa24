import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { FakeGitHub } from './fake-github.ts'

/** What one run of the built Action left behind. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
  /** The JSON report that the output `report` names. */
  readonly report:
    | {
        readonly findings: readonly { readonly rule: string; readonly path: string; readonly line: number }[]
        readonly notAnalysed: readonly unknown[]
      }
    | undefined
}

export interface Job {
  readonly workspace: string
  readonly event: string
  readonly payload: unknown
  readonly sha?: string
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

// The runtime that the runner uses, not the one that happens to run the tests.
const node = resolve('node_modules/.bin/node')
const action = resolve(process.env.PREMORTEM_ACTION ?? 'dist/action.js')

/** Starts the built Action as the runner does: environment, event file, output and summary files. */
export async function runAction(github: FakeGitHub, job: Job): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'premortem-runner-'))
  const file = (name: string, content = '') => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  mkdirSync(join(folder, 'temp'))
  const inputs = Object.entries({ 'github-token': 'ghs_fake', now: '2026-11-17T10:05:00Z', ...job.inputs }).map(
    ([name, value]) => [`INPUT_${name.toUpperCase()}`, value],
  )
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'octo/demo',
    GITHUB_EVENT_NAME: job.event,
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(job.payload)),
    GITHUB_SHA: job.sha ?? 'c'.repeat(40),
    GITHUB_WORKSPACE: job.workspace,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: github.url,
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary'),
    GITHUB_STATE: file('state'),
    RUNNER_TEMP: join(folder, 'temp'),
    ...Object.fromEntries(inputs),
    ...job.env,
  }
  try {
    const { code, stdout, stderr } = await started(env, job.workspace)
    const outputs = readOutputs(readFileSync(join(folder, 'output'), 'utf8'))
    const report = outputs.report === undefined ? undefined : JSON.parse(readFileSync(outputs.report, 'utf8'))
    return { code, stdout, stderr, summary: readFileSync(join(folder, 'summary'), 'utf8'), outputs, report }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function started(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [action], { env: { ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const text = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()))
    child.on('error', reject)
    child.on('close', code => resolve({ code, ...text }))
  })
}

/** Reads `name<<delimiter`, value, delimiter, as the runner does. */
function readOutputs(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^([\w-]+)<<(\S+)\r?\n([\s\S]*?)\r?\n\2$/gm)].map(([, name = '', , value = '']) => [name, value]),
  )
}
