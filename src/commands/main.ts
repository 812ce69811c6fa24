import { readFileSync } from 'node:fs'
import { UserError } from '../text/errors.ts'
import { type Arguments, help, readArguments } from './arguments.ts'
import type { Io } from './io.ts'

/** Runs one command and gives the exit code. Commands load on demand: most runs need only `check`. */
async function run({ command, rest, flags }: Arguments, io: Io): Promise<number> {
  if (command === 'check') return (await import('./check.ts')).runCheck(flags, io)
  if (command === 'backtest') return (await import('./backtest.ts')).runBacktest(flags, io)
  if (command === 'explain') return (await import('./explain.ts')).runExplain(rest, flags, io)
  if (command === 'rules') return (await import('./rules.ts')).runRules(rest, flags, io)
  if (command === 'stats') return (await import('./stats.ts')).runStats(flags, io)
  return (await import('./demo.ts')).runDemo(flags, io)
}

/** Runs the command line and gives the exit code: 2 with a clear line when it could not run. */
async function runArguments(args: readonly string[], io: Io): Promise<number> {
  try {
    const read = readArguments(args)
    if (read.flags.help) io.out(help)
    else if (read.flags.version) io.out(`${version()}\n`)
    else return await run(read, io)
    return 0
  } catch (error) {
    if (error instanceof UserError)
      io.err(`premortem: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`)
    else
      io.err(
        `premortem: this is a defect of premortem, please report it with the lines below\n${error instanceof Error ? error.stack : String(error)}\n`,
      )
    return 2
  }
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** The command line of this process. Sets the exit code and leaves it to the process to end, so that all output is written. */
export async function main(): Promise<void> {
  // A reader that stops early (`| head`) is no error.
  process.stdout.on('error', () => {})
  process.exitCode = await runArguments(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    now: new Date(),
    terminal: process.stdout.isTTY === true,
    width: Math.min(process.stdout.columns ?? 80, 110),
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    readInput,
  })
}
