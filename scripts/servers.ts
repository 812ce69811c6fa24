import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// Real servers in a temporary folder, on loopback, for `npm run calibrate` and `npm run verify:stats`.

export interface Server {
  readonly url: string
  readonly port: number
  stop(): void
}

const password = 'only-for-this-run'
/** Neither server runs as root. */
const asUser = (user: string, command: readonly string[]): readonly string[] =>
  process.getuid?.() === 0 ? ['runuser', '-u', user, '--', ...command] : command

function run([program = '', ...args]: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Folder of the programs of the newest PostgreSQL that is installed; undefined without any. */
export function postgresPrograms(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map(version => join(root, version, 'bin')).find(folder => existsSync(join(folder, 'initdb')))
}

export function hasMariadb(): boolean {
  return ['/usr/sbin/mariadbd', '/usr/bin/mariadbd'].some(existsSync)
}

export async function startPostgres(programs: string): Promise<Server> {
  const folder = temporary()
  const port = await freePort()
  const data = join(folder, 'data')
  const secret = join(folder, 'password')
  writeFileSync(secret, password)
  chmodSync(secret, 0o644)
  run(
    asUser('postgres', [
      join(programs, 'initdb'),
      '-D',
      data,
      '-U',
      'boss',
      '-A',
      'scram-sha-256',
      '--pwfile',
      secret,
      '-E',
      'UTF8',
      '--locale=C',
    ]),
  )
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`
  const control = (...words: string[]) => run(asUser('postgres', [join(programs, 'pg_ctl'), '-D', data, ...words]))
  control('-o', options, '-l', join(folder, 'log'), '-w', 'start')
  return {
    url: `postgres://boss:${password}@127.0.0.1:${port}/postgres`,
    port,
    stop() {
      control('-m', 'immediate', '-w', 'stop')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function startMariadb(options: readonly string[] = []): Promise<Server> {
  const folder = temporary()
  const port = await freePort()
  const data = join(folder, 'data')
  const setup = join(folder, 'setup.sql')
  writeFileSync(
    setup,
    `CREATE DATABASE shop;\nCREATE USER boss@'127.0.0.1' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO boss@'127.0.0.1' WITH GRANT OPTION;\n`,
  )
  chmodSync(setup, 0o644)
  run(
    asUser('mysql', [
      'mariadb-install-db',
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ]),
  )
  const [program = '', ...args] = asUser('mysql', [
    'mariadbd',
    '--no-defaults',
    `--datadir=${data}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--socket=${join(folder, 's')}`,
    `--init-file=${setup}`,
    `--pid-file=${join(folder, 'pid')}`,
    ...options,
  ])
  const child = spawn(program, args, { stdio: 'ignore' })
  const url = `mysql://boss:${password}@127.0.0.1:${port}/shop`
  for (let tries = 0; !existsSync(join(folder, 'pid')); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error('mariadbd does not start')
    await sleep(100)
  }
  return {
    url,
    port,
    stop() {
      run(['bash', '-c', `kill -9 "$(cat '${join(folder, 'pid')}')"`])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'premortem-server-'))
  chmodSync(folder, 0o777)
  mkdirSync(folder, { recursive: true })
  return folder
}

function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
