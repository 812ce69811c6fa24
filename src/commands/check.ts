import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Artifact } from '../artifact/types.ts'
import { changeFromGit, workTree } from '../change/from-git.ts'
import { type BlobReader, openBlobs, openRepository } from '../change/git.ts'
import type { Change } from '../change/types.ts'
import { check } from '../check.ts'
import type { Level } from '../config/types.ts'
import { isReporterName, type ReporterName, reporters } from '../report/index.ts'
import type { Report, ReportOptions } from '../report/model.ts'
import { counted } from '../report/plain.ts'
import { builtInRules } from '../rule/builtin.ts'
import { docsOf } from '../rule/judge.ts'
import type { Rule } from '../rule/types.ts'
import { closest } from '../text/distance.ts'
import { messageOf, UserError } from '../text/errors.ts'
import { choice, type Flags } from './arguments.ts'
import { type Io, useColor } from './io.ts'
import { openSession, selectRules, withLiveStatistics } from './session.ts'

export const failLevels = ['error', 'warning', 'notice', 'never'] as const
export type FailOn = (typeof failLevels)[number]

/** `premortem check`: reads the change, judges it, reports. Gives the exit code. */
export async function runCheck(flags: Flags, io: Io): Promise<number> {
  const outputs = readFormats(flags.format, io)
  const failOn = choice('fail-on', flags['fail-on'], failLevels, 'error')
  const now = readClock(flags.now, io.now)
  if (flags.fix && (flags.head !== undefined || flags.staged || flags.diff !== undefined))
    throw new UserError('--fix writes into the work tree: it cannot be combined with --head, --staged or --diff')
  const { change, blobs } = await openChange(flags, io)
  try {
    const explicit =
      flags.config === undefined ? undefined : readNamedConfig(resolve(io.cwd, flags.config), flags.config)
    const session = await openSession(
      change,
      builtInRules(),
      choice('config-from', flags['config-from'], ['head', 'base'], 'head'),
      explicit,
    )
    const rules = selectRules(session.rules, flags.rule)
    // Never from the environment: a check connects to nothing that it was not told to.
    const config = await withLiveStatistics(session.config, flags['database-url'])
    const { report, artifacts } = await check({ change, config, rules, now })
    if (flags.fix) {
      await fix(report, artifacts, resolve(io.cwd, flags.repo ?? '.'), io)
      return await runCheck({ ...flags, fix: false }, io)
    }
    const options = reportOptions(
      artifacts,
      rules,
      io,
      choice('color', flags.color, ['auto', 'always', 'never'], 'auto'),
    )
    for (const { name, file } of outputs) {
      const text = (await reporters[name]())(report, file === undefined ? options : { ...options, color: false })
      if (file === undefined) io.out(text)
      else writeReport(resolve(io.cwd, file), text)
    }
    return exitCode(report, failOn)
  } finally {
    blobs?.close()
  }
}

/** Makes the corrections that need nothing else, and says which. */
async function fix(report: Report, artifacts: readonly Artifact[], directory: string, io: Io): Promise<void> {
  const repository = await openRepository(directory)
  if (repository.bare) throw new UserError('--fix needs a work tree, and this repository is bare')
  const { applyRewrites } = await import('./fix.ts')
  const { made, files, left } = applyRewrites(report.findings, artifacts, repository.directory)
  const what =
    made === 0
      ? 'nothing to correct without further steps'
      : `corrected ${counted(made, 'finding')} in ${files.join(', ')}`
  io.err(`premortem --fix: ${what}\n`)
  for (const { path, reason } of left) io.err(`premortem --fix: ${path} is left alone: ${reason}\n`)
}

/** 1 when a finding is at or above the level. */
export function exitCode(report: Report, failOn: FailOn): 0 | 1 {
  const order: readonly (Level | 'none')[] = ['none', 'notice', 'warning', 'error']
  return failOn !== 'never' && order.indexOf(report.level) >= order.indexOf(failOn) ? 1 : 0
}

async function openChange(flags: Flags, io: Io): Promise<{ change: Change; blobs?: BlobReader }> {
  const directory = resolve(io.cwd, flags.repo ?? '.')
  if (flags.diff !== undefined) {
    if (flags.base !== undefined || flags.head !== undefined || flags.staged)
      throw new UserError('--diff cannot be combined with --base, --head or --staged')
    return openPatch(flags.diff, directory, io, flags.label)
  }
  if (flags.staged && flags.head !== undefined)
    throw new UserError('--staged compares the index: it cannot be combined with --head')
  const repository = await openRepository(directory)
  const blobs = openBlobs(repository.directory)
  try {
    const change = await changeFromGit(repository, blobs, {
      ...(flags.base === undefined ? {} : { base: flags.base }),
      ...(flags.head === undefined ? {} : { head: flags.head }),
      staged: flags.staged === true,
      exact: flags.exact === true,
    })
    return { change: withLabels(change, flags.label), blobs }
  } catch (error) {
    blobs.close()
    throw error
  }
}

async function openPatch(
  file: string,
  directory: string,
  io: Io,
  labels: readonly string[] | undefined,
): Promise<{ change: Change; blobs?: BlobReader }> {
  const text = file === '-' ? await io.readInput() : readText(resolve(io.cwd, file), `--diff ${file}`)
  const { changeFromPatch } = await import('../change/from-patch.ts')
  const around = await openRepository(directory).catch(() => undefined)
  if (!around) return { change: withLabels(changeFromPatch(text, file === '-' ? 'standard input' : file), labels) }
  const blobs = openBlobs(around.directory)
  return {
    change: withLabels(changeFromPatch(text, file === '-' ? 'standard input' : file, workTree(around, blobs)), labels),
    blobs,
  }
}

/** Labels named on the command line stand for those of a pull request. */
function withLabels(change: Change, labels: readonly string[] | undefined): Change {
  return labels === undefined
    ? change
    : { ...change, pull: { number: 0, title: '', author: '', ...change.pull, labels } }
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${what} cannot be read: ${messageOf(error)}`)
  }
}

function readNamedConfig(path: string, name: string): { path: string; text: string } {
  return { path: name, text: readText(path, `--config ${name}`) }
}

function writeReport(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UserError(`the report cannot be written: ${messageOf(error)}`)
  }
}

/** The clock: `--now`, or the real one. Throws a UserError for anything but an ISO time with its offset. */
export function readClock(text: string | undefined, real: Date): Date {
  if (text === undefined) return real
  const time = new Date(text)
  if (Number.isNaN(time.getTime()) || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text))
    throw new UserError(`--now ${text} is not a time`, 'Write it as 2026-11-18T16:10:00-05:00.')
  return time
}

/** `--format NAME[=FILE]`, repeatable; on GitHub Actions the default is its own format. */
function readFormats(formats: readonly string[] | undefined, io: Io): readonly { name: ReporterName; file?: string }[] {
  if (formats === undefined) return [{ name: io.env.GITHUB_ACTIONS === 'true' && !io.terminal ? 'github' : 'pretty' }]
  const outputs = formats.map(format => {
    const [name = '', ...file] = format.split('=')
    if (!isReporterName(name)) {
      const names = Object.keys(reporters)
      const best = closest(name, names)
      throw new UserError(
        `--format ${name}: it is one of ${names.join(', ')}${best === undefined ? '' : ` (did you mean ${best}?)`}`,
      )
    }
    return { name, ...(file.length === 0 ? {} : { file: file.join('=') }) }
  })
  if (outputs.filter(output => !('file' in output)).length > 1)
    throw new UserError(
      'only one --format can go to standard output',
      'Send the others to files: --format sarif=premortem.sarif',
    )
  return outputs
}

/** What reporters need beside the report: the files for code frames, the rules for their titles. */
export function reportOptions(
  artifacts: readonly Artifact[],
  rules: readonly Rule[],
  io: Io,
  color: 'auto' | 'always' | 'never',
): ReportOptions {
  const byPath = new Map(artifacts.map(artifact => [artifact.path, artifact]))
  const byId = new Map(rules.map(rule => [rule.id, rule]))
  return {
    color: useColor(color, io),
    width: io.width,
    source: (path, side) => byPath.get(path)?.[side]?.lines,
    rule(id) {
      const rule = byId.get(id)
      if (!rule) return undefined
      return {
        id,
        title: rule.title,
        why: rule.why,
        fix: rule.fix,
        docs: docsOf(id),
        level: typeof rule.level === 'string' ? rule.level : (rule.level[0]?.level ?? 'warning'),
      }
    },
  }
}
