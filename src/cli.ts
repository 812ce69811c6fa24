#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { type Arguments, help, readArguments } from './commands/arguments.ts'
import type { Io } from './commands/io.ts'
import { UserError } from './text/errors.ts'

/** Runs one command and gives the exit code. Commands load on demand: most runs need only `check`. */
async function run({ command, rest, flags }: Arguments, io: Io): Promise<number> {
  if (command === 'check') return (await import('./commands/check.ts')).runCheck(flags, io)
  if (command === 'backtest') return (await import('./commands/backtest.ts')).runBacktest(flags, io)
  if (command === 'explain') return (await import('./commands/explain.ts')).runExplain(rest, flags, io)
  if (command === 'rules') return (await import('./commands/rules.ts')).runRules(rest, flags, io)
  return (await import('./commands/demo.ts')).runDemo(flags, io)
}

async function main(args: readonly string[], io: Io): Promise<number> {
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

// A reader that stops early (`| head`) is no error.
process.stdout.on('error', () => {})

process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  now: new Date(),
  terminal: process.stdout.isTTY === true,
  width: Math.min(process.stdout.columns ?? 80, 110),
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  readInput,
})
