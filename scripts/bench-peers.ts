import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'

// `npm run bench:peers -- FOLDER [runs]`: premortem and squawk on the same Postgres migrations, each as one process over all
// of them, in turn: CPU time of the process and its children, peak memory, findings, files that could not be read.
// squawk is fetched into a temporary folder: it is no dependency. FOLDER holds .sql files, at any depth.

const squawkVersion = '2.66.0'
const [folder, runsText = '3'] = process.argv.slice(2)
if (folder === undefined || !existsSync(folder)) {
  console.error('Name a folder with Postgres migrations: npm run bench:peers -- FOLDER')
  process.exit(2)
}
const corpus = resolve(folder)
const runs = Number(runsText)
const scratch = mkdtempSync(join(tmpdir(), 'premortem-peers-'))

interface Figures {
  readonly cpuSeconds: number
  readonly peakMB: number
  readonly output: string
}

/** Runs a program under GNU time, which counts its children too. */
function measure(program: string, args: readonly string[], cwd: string): Figures {
  const usage = join(scratch, 'usage')
  const output = spawnSync('/usr/bin/time', ['-o', usage, '-f', '%U %S %M', program, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  if (output.error) throw output.error
  const [user = 0, system = 0, kilobytes = 0] = (readFileSync(usage, 'utf8').trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number)
  return { cpuSeconds: user + system, peakMB: kilobytes / 1024, output: output.stdout }
}

function install(name: string, version: string): string | undefined {
  const prefix = join(scratch, name)
  mkdirSync(prefix)
  const { status } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefix', prefix, `${name}@${version}`],
    {
      stdio: 'ignore',
    },
  )
  return status === 0 ? prefix : undefined
}

/** A repository whose one commit after an empty one adds all files. */
function repositoryOf(files: readonly string[]): string {
  const repository = join(scratch, 'repository')
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@example.invalid', ...args], { cwd: repository })
  mkdirSync(repository)
  git('init', '-q', '-b', 'main')
  git('commit', '-q', '--allow-empty', '-m', 'base')
  for (const file of files) cpSync(join(corpus, file), join(repository, file))
  git('add', '-A', '-f')
  git('commit', '-q', '-m', 'head')
  // As a clone brings it: in one pack, not in a file per object.
  git('gc', '-q')
  return repository
}

function ofPremortem(output: string): string {
  const report: { findings: { rule: string }[]; notAnalysed: { path: string }[] } = JSON.parse(output)
  const unread = new Set(report.notAnalysed.map(({ path }) => path)).size
  return `${report.findings.length} findings, ${unread} files not read in full`
}

function ofSquawk(output: string): string {
  const findings: { file: string; rule_name: string }[] = JSON.parse(output)
  const broken = findings.filter(({ rule_name }) => rule_name === 'syntax-error')
  return `${findings.length - broken.length} findings, ${new Set(broken.map(({ file }) => file)).size} files not read in full`
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

try {
  const files = readdirSync(corpus, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.sql'))
    .map(entry => relative(corpus, join(entry.parentPath, entry.name)))
    .sort()
  const repository = repositoryOf(files)
  const squawk = install('squawk-cli', squawkVersion)
  if (squawk === undefined) throw new Error(`squawk-cli ${squawkVersion} could not be installed`)
  const premortem = [resolve('dist/cli.js'), 'check', '--base', 'HEAD~1', '--head', 'HEAD', '--fail-on', 'never']
  const peers = [
    { name: 'premortem', program: process.execPath, args: [...premortem, '--format', 'json'], told: ofPremortem },
    {
      name: `squawk ${squawkVersion}`,
      program: join(squawk, 'node_modules/.bin/squawk'),
      args: ['--reporter', 'Json', ...files],
      told: ofSquawk,
    },
  ]
  const figures = peers.map(() => [] as Figures[])
  // In turn, so that a machine that slows down slows both.
  for (let run = 0; run < runs; run++)
    for (const [i, { program, args }] of peers.entries()) figures[i]?.push(measure(program, args, repository))
  console.log(`${files.length} files, Node ${process.version}, median of ${runs} runs`)
  for (const [i, { name, told }] of peers.entries()) {
    const own = figures[i] ?? []
    const cpu = median(own.map(({ cpuSeconds }) => cpuSeconds))
    const memory = median(own.map(({ peakMB }) => peakMB))
    console.log(
      `${name.padEnd(16)} ${cpu.toFixed(2)} s CPU  ${memory.toFixed(0).padStart(4)} MB  ${told(own[0]?.output ?? '')}`,
    )
  }
  const [one, other] = figures.map(own => median(own.map(({ cpuSeconds }) => cpuSeconds)))
  console.log(`CPU ratio ${((one ?? 0) / (other ?? 1)).toFixed(2)}   target <= 1.5`)
  if (install('migrationpilot', 'latest') === undefined) console.log('migrationpilot cannot be had from npm')
  writeFileSync(join(scratch, 'done'), '')
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
