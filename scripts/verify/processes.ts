import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server that this run has started. */
export interface Running {
  /** Folder of its data and its socket; gone once it is stopped. */
  readonly folder: string
  stop(): Promise<void>
}

/** Servers refuse to run as root: the account to run them under, created by their packages. */
interface Account {
  readonly uid: number
  readonly gid: number
}

const accounts = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : ''

/** The account to switch to, when this process is root. */
export function accountFor(...names: readonly string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of [...names, 'nobody']) {
    const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(accounts) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

/** An empty folder that belongs to the account. Its path stays short, because sockets allow about 100 characters. */
export function folderFor(account: Account | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'pm-'))
  chmodSync(folder, 0o755)
  if (account !== undefined) chownSync(folder, account.uid, account.gid)
  return folder
}

/** Runs a command to its end; its output comes back only in the error. */
export function run(command: string, args: readonly string[], account: Account | undefined, cwd: string): void {
  execFileSync(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd, env: environment, ...account })
}

const environment: NodeJS.ProcessEnv = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }

/** Starts a server in the foreground of its own process, and waits until `ready` answers. */
export async function start(
  command: string,
  args: readonly string[],
  { account, folder, ready }: { account: Account | undefined; folder: string; ready: () => Promise<void> },
): Promise<Running> {
  const options: SpawnOptions = { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder, env: environment, ...account }
  const child = spawn(command, [...args], options)
  let said = ''
  child.stderr?.on('data', data => {
    said = (said + String(data)).slice(-4000)
  })
  const stop = async (): Promise<void> => {
    await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) break
    try {
      await ready()
      return { folder, stop }
    } catch {
      await new Promise(resolve => {
        setTimeout(resolve, 100)
      })
    }
  }
  await stop()
  throw new Error(`${command} did not start: ${said.trim().split('\n').slice(-5).join(' ')}`)
}

/** Asks the process to end, and makes it end when it does not. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
  })
  child.kill('SIGINT')
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(hard)
}

/** A port of the loopback interface on which nobody listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no free port'))
        else resolve(address.port)
      })
    })
  })
}
