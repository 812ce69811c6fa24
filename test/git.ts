import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A throw-away git repository for a test. */
export interface TestRepository {
  readonly folder: string
  git(...args: string[]): string
  write(path: string, content: string | Uint8Array): void
  commit(message: string): string
  remove(): void
}

export function testRepository(): TestRepository {
  const folder = mkdtempSync(join(tmpdir(), 'premortem-test-'))
  const git = (...args: string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'core.autocrlf=false', ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
  git('init', '-q', '-b', 'main')
  return {
    folder,
    git,
    write(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    },
    commit(message) {
      git('add', '-A', '-f')
      git('commit', '-q', '--allow-empty', '-m', message)
      return git('rev-parse', 'HEAD').trim()
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
