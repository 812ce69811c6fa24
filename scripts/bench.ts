import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

// `npm run bench [runs]`: CPU time and peak memory of whole processes, against bare Node in the same run.

const runs = Number(process.argv[2] ?? 9)
const cli = resolve('dist/cli.js')
const preload = resolve('scripts/usage.mjs')
const scratch = mkdtempSync(join(tmpdir(), 'premortem-bench-'))
const usageFile = join(scratch, 'usage.json')

interface Usage {
  readonly cpuMs: number
  readonly peakMB: number
  readonly wallMs: number
}

interface Case {
  readonly name: string
  /** Paths and contents at head. */
  readonly files: Readonly<Record<string, string>>
  /** The same at base; without it the repository holds nothing but a README there. */
  readonly base?: Readonly<Record<string, string>>
  /** What the issue asks for: CPU as a multiple of bare Node's, or milliseconds of wall time; memory in MB. */
  readonly target: string
}

const workflow =
  'on:\n  schedule:\n    - cron: "0 3 * * *"\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n'
const sql =
  'ALTER TABLE users ADD COLUMN nickname text;\nCREATE INDEX users_nickname ON users USING btree (nickname);\n'
const ruby =
  'class AddNickname < ActiveRecord::Migration[7.1]\n  def change\n    add_column :users, :nickname, :string\n  end\nend\n'

const cases: readonly Case[] = [
  { name: 'one YAML file', files: { '.github/workflows/nightly.yml': workflow }, target: 'CPU <= 3x, 130 MB' },
  {
    name: 'one SQL migration',
    files: { 'db/migrations/20260101000000_nickname.sql': sql },
    target: 'CPU <= 4.5x, 130 MB',
  },
  {
    name: 'one Ruby migration',
    files: { 'db/migrate/20260101000000_add_nickname.rb': ruby },
    target: 'CPU <= 5x, 130 MB',
  },
  { name: '1,000 files', files: thousand(), target: 'wall <= 3,000 ms, 300 MB' },
  {
    name: '1,000 changed YAML',
    base: manifests(10),
    files: manifests(11),
    target: 'wall <= 2,000 ms',
  },
]

/** Manifests of about 2 kB each. `delay`: a number in each of them. */
function manifests(delay: number): Record<string, string> {
  const setting = (name: string) =>
    `            - name: ${name.toUpperCase()}\n              value: "${name} of the service"\n`
  const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa']
  const manifest = (i: number) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app${i}\n  labels: { app: app${i}, tier: web }\nspec:\n  replicas: 3\n  selector:\n    matchLabels: { app: app${i} }\n  template:\n    metadata:\n      labels: { app: app${i}, tier: web }\n    spec:\n      containers:\n        - name: web\n          image: registry.example/app:${i}\n          env:\n${names.map(setting).join('')}          resources:\n            requests: { cpu: 100m, memory: 256Mi }\n            limits: { memory: 512Mi }\n          readinessProbe:\n            httpGet: { path: /ready, port: 8080 }\n            periodSeconds: ${delay}\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: app${i}\nspec:\n  selector: { app: app${i} }\n  ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n`
  return Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k8s/app${i}.yaml`, manifest(i)]))
}

/** A large pull request: manifests, workflows, migrations, code, data. */
function thousand(): Record<string, string> {
  const files: Record<string, string> = { 'premortem.yml': 'databases: [{engine: postgres}]\n' }
  for (let i = 0; i < 250; i++) {
    files[`k8s/app${i}.yml`] =
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: app${i} }\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: web\n          image: registry.example/app:${i}\n`
    files[`app/models/model${i}.rb`] =
      `class Model${i} < ApplicationRecord\n  def total\n    items.sum(&:price)\n  end\nend\n`
    files[`src/module${i}.ts`] =
      `export function module${i}(items: readonly number[]): number {\n  return items.reduce((a, b) => a + b, ${i})\n}\n`
    if (i < 100)
      files[`db/migrations/2026010100${String(i).padStart(4, '0')}_t${i}.sql`] =
        `CREATE TABLE t${i} (id bigint PRIMARY KEY, name text NOT NULL);\nCREATE INDEX t${i}_name ON t${i} (name);\n`
    else files[`config/data${i}.json`] = JSON.stringify({ name: `data${i}`, values: [1, 2, 3] })
  }
  return files
}

function repositoryFor({ files, base = {} }: Case): string {
  const folder = mkdtempSync(join(scratch, 'repo-'))
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@example.invalid', ...args], { cwd: folder })
  git('init', '-q', '-b', 'main')
  const commit = (message: string, texts: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    git('add', '-A', '-f')
    git('commit', '-q', '-m', message)
  }
  commit('base', { 'README.md': 'bench\n', ...base })
  commit('head', files)
  return folder
}

function measure(args: readonly string[], cwd: string): Usage {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['--import', preload, ...args], {
    cwd,
    env: { ...process.env, PREMORTEM_USAGE: usageFile },
    encoding: 'utf8',
  })
  const wallMs = performance.now() - started
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return { ...JSON.parse(readFileSync(usageFile, 'utf8')), wallMs }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

const check = ['check', '--base', 'HEAD~1', '--head', 'HEAD', '--fail-on', 'never', '--format', 'json']
const empty = join(scratch, 'empty.mjs')
writeFileSync(empty, '')

const prepared = [
  { name: 'bare Node', args: [empty], cwd: scratch, target: '' },
  ...cases.map(each => ({ ...each, args: [cli, ...check], cwd: repositoryFor(each) })),
]
const usages = prepared.map(() => [] as Usage[])
try {
  // In turn, so that a machine that slows down slows all of them.
  for (let run = -1; run < runs; run++)
    for (const [i, { args, cwd }] of prepared.entries()) {
      const usage = measure(args, cwd)
      if (run >= 0) usages[i]?.push(usage)
    }
  const bare = median((usages[0] ?? []).map(usage => usage.cpuMs))
  console.log(`Node ${process.version}, median of ${runs} runs`)
  for (const [i, { name, target }] of prepared.entries()) {
    const figures = usages[i] ?? []
    const cpu = median(figures.map(usage => usage.cpuMs))
    const line = [
      name.padEnd(20),
      `${cpu.toFixed(0)} ms CPU`.padStart(12),
      `${(cpu / bare).toFixed(1)}x`.padStart(7),
      `${median(figures.map(usage => usage.wallMs)).toFixed(0)} ms wall`.padStart(14),
      `${median(figures.map(usage => usage.peakMB)).toFixed(0)} MB`.padStart(8),
    ]
    console.log(`${line.join('  ')}${target === '' ? '' : `   target ${target}`}`)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
