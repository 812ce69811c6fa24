import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createRepository } from '../change/git.ts'
import type { Flags } from './arguments.ts'
import { runCheck } from './check.ts'
import type { Io } from './io.ts'
import { storyFiles, storySettings, storyTime } from './stories.ts'

/** `premortem demo`: builds a small repository from outage stories and checks it. Exit code 0 unless `--fail-on` is given. */
export async function runDemo(flags: Flags, io: Io): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'premortem-demo-'))
  const git = [
    '-c',
    'user.name=premortem',
    '-c',
    'user.email=demo@premortem.invalid',
    '-c',
    'commit.gpgsign=false',
    '-c',
    'core.autocrlf=false',
    '-c',
    'core.hooksPath=/dev/null',
  ]
  io.err(`A small repository with changes of the kind that post-mortems get written about:\n  ${folder}\n\n`)
  const repository = await createRepository(folder)
  for (const [path, text] of Object.entries(storySettings)) write(folder, path, text)
  for (const { path, base } of storyFiles) if (base !== undefined) write(folder, path, base)
  await repository.run(['add', '-A', '-f'])
  await repository.run([...git, 'commit', '-q', '-m', 'What runs in production'])
  await repository.run(['checkout', '-q', '-b', 'friday'])
  for (const { path, head } of storyFiles) if (head !== undefined) write(folder, path, head)
  await repository.run(['add', '-A', '-f'])
  await repository.run([...git, 'commit', '-q', '-m', 'A pull request'])
  return runCheck(
    {
      ...flags,
      repo: folder,
      base: 'main',
      head: 'friday',
      now: flags.now ?? storyTime,
      'fail-on': flags['fail-on'] ?? 'never',
    },
    io,
  )
}

function write(folder: string, path: string, text: string): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
