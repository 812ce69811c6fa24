import type { Tree } from '../../change/types.ts'

/** A start of the app that migrates first, and the probe that gives up on it meanwhile. */
export interface BootMigration {
  /** `docker-entrypoint.sh:4`. */
  readonly place: string
  /** `deploy/web.yml:30`. */
  readonly probe: string
  readonly seconds: number
}

const starts =
  /(^|\/)(Dockerfile|Containerfile)([.-][^/]*)?$|(^|\/)[^/]*entrypoint[^/]*$|(^|\/)(start|run|boot|serve)[^/]*\.sh$|(^|\/)[^/]*\.ya?ml$/
const migrates =
  /\b(db:(migrate|prepare)|prisma\s+migrate\s+deploy|alembic\s+upgrade|flask\s+db\s+upgrade|manage\.py\s+migrate|(knex|sequelize|typeorm|drizzle-kit|node-pg-migrate|goose|dbmate|sqlx|diesel)\b.*\b(migrate|migration:run|up|run)\b|artisan\s+migrate|ecto\.migrate)\b/
const mostFiles = 400
const largest = 200_000

/** Whether the containers of the repository migrate when they start, and how long the strictest probe waits for them. */
export async function bootMigration(tree: Tree): Promise<BootMigration | undefined> {
  const paths = (await tree.list()).filter(
    path => starts.test(path) && !/(^|\/)(\.github|tests?|docs?|examples?|node_modules)\//.test(path),
  )
  let place: string | undefined
  let probe: { readonly at: string; readonly seconds: number } | undefined
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    if (text === undefined || text.length > largest) continue
    const lines = text.split('\n')
    if (/\.ya?ml$/.test(path)) {
      if (!/^\s*kind:\s*['"]?(Deployment|StatefulSet)/m.test(text)) continue
      const found = probeOf(lines)
      if (found !== undefined && (probe === undefined || found.seconds < probe.seconds))
        probe = { at: `${path}:${found.line}`, seconds: found.seconds }
      place ??= commandIn(lines, path)
    } else {
      const at = lines.findIndex(line => !/^\s*(#|RUN\b)/.test(line) && migrates.test(line))
      if (at !== -1) place ??= `${path}:${at + 1}`
    }
  }
  return place === undefined || probe === undefined ? undefined : { place, probe: probe.at, seconds: probe.seconds }
}

/** A container that serves and migrates first; one that only migrates (an init container, a job) is watched by no probe. */
function commandIn(lines: readonly string[], path: string): string | undefined {
  const init = lines.findIndex(line => /^\s*initContainers:/.test(line))
  const main = lines.findIndex(line => /^\s*containers:/.test(line))
  const at = lines.findIndex(
    (line, index) =>
      migrates.test(line) && /&&|;/.test(line) && (init === -1 || index < init || (main > init && index > main)),
  )
  return at === -1 ? undefined : `${path}:${at + 1}`
}

/** Seconds until the probe has a container killed that does not answer yet. A startup probe stands before the liveness probe. */
function probeOf(lines: readonly string[]): { readonly line: number; readonly seconds: number } | undefined {
  const at = (name: string): number => lines.findIndex(line => new RegExp(`^\\s*${name}:\\s*$`).test(line))
  const found = at('startupProbe') === -1 ? at('livenessProbe') : at('startupProbe')
  if (found === -1) return undefined
  const indent = (lines[found] ?? '').search(/\S/)
  const settings = new Map<string, number>()
  for (const line of lines.slice(found + 1)) {
    if (line.trim() !== '' && line.search(/\S/) <= indent) break
    const [, name = '', value = ''] = /^\s*(\w+):\s*(\d+)\s*$/.exec(line) ?? []
    if (name !== '') settings.set(name, Number(value))
  }
  const seconds =
    (settings.get('initialDelaySeconds') ?? 0) +
    (settings.get('periodSeconds') ?? 10) * (settings.get('failureThreshold') ?? 3)
  return { line: found + 1, seconds }
}
