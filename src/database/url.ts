import { suggestion } from '../text/distance.ts'
import { UserError } from '../text/errors.ts'
import type { Target } from './types.ts'

const families: Readonly<Record<string, Target['family']>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  postgis: 'postgres',
  mysql: 'mysql',
  mysql2: 'mysql',
  trilogy: 'mysql',
  mariadb: 'mysql',
}

/** Takes the URL of a database apart. Throws a UserError that says nothing of what stands in it but the scheme. */
export function readTarget(text: string): Target {
  const url = parsed(text)
  // `postgresql+psycopg2` names the driver of a Python program.
  const scheme = url.protocol.slice(0, -1).replace(/\+.*$/, '')
  const family = Object.hasOwn(families, scheme) ? families[scheme] : undefined
  if (family === undefined)
    throw new UserError(
      `the database URL begins with ${scheme}:, of which no statistics can be read${suggestion(scheme, Object.keys(families))}`,
      'PostgreSQL, MySQL and MariaDB can be asked: postgres://user:password@host/name, mysql://…',
    )
  const asked = url.searchParams
  const host = asked.get('host') ?? decoded(url.hostname).replace(/^\[|\]$/g, '')
  const port = url.port || asked.get('port') || (family === 'postgres' ? 5432 : 3306)
  const user = decoded(url.username) || asked.get('user')
  const password = decoded(url.password) || asked.get('password')
  const database = decoded(url.pathname.slice(1)) || asked.get('dbname')
  const authority = asked.get('sslrootcert') ?? asked.get('ssl-ca') ?? asked.get('sslca')
  return {
    family,
    host: host === '' ? 'localhost' : host,
    port: Number(port),
    ...(user ? { user } : {}),
    ...(password ? { password } : {}),
    ...(database ? { database } : {}),
    tls: tlsOf(asked),
    ...(authority ? { authority } : {}),
  }
}

function parsed(text: string): URL {
  // The standard parser wants a host between `@` and `/`.
  for (const way of [text.trim(), text.trim().replace('@/', '@localhost/')]) {
    try {
      const url = new URL(way)
      if (way.includes('://')) return url
    } catch {
      // Its message repeats the URL; the one below does not.
    }
  }
  throw new UserError(
    'the database URL cannot be read',
    'Write postgres://user:password@host:5432/name, with @ # / : in the password as %40 %23 %2F %3A.',
  )
}

function tlsOf(asked: URLSearchParams): Target['tls'] {
  const mode = asked.get('sslmode') ?? asked.get('ssl-mode') ?? asked.get('ssl_mode') ?? asked.get('ssl') ?? 'prefer'
  const word = mode.toLowerCase().replaceAll('_', '-')
  if (['disable', 'disabled', 'false', '0'].includes(word)) return 'off'
  if (['require', 'required', 'no-verify', 'true', '1'].includes(word)) return 'require'
  if (['verify-ca', 'verify-full', 'verify-identity'].includes(word)) return 'verify'
  if (['prefer', 'preferred', 'allow'].includes(word)) return 'prefer'
  throw new UserError(
    'the sslmode in the database URL is not known',
    'It is one of disable, prefer, require, verify-ca, verify-full.',
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
