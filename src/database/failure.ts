import { messageOf, UserError } from '../text/errors.ts'
import type { Target } from './types.ts'

type Advice = readonly [what: string, hint: string]

const reach = 'Is the server running, and may this machine reach it (firewall, tunnel, allow list)?'
const credentials = 'Check the user and the password in the URL; special characters are written as %40 and the like.'
const grantPostgres = 'Ask for a role that may read the catalogs: GRANT pg_read_all_stats TO …;'
const grantMysql = 'Ask for a user that may read them: GRANT SELECT ON database.* TO …; and on performance_schema.*'
const busy = 'Try again when the migration (or whatever holds the lock) is through.'

/** What went wrong and what to do, by the code that the operating system, TLS or the server gives. */
function adviceFor(code: string, target: Target): Advice | undefined {
  const at = `${target.host}:${target.port}`
  const name = target.database === undefined ? 'the database' : `the database "${target.database}"`
  const user = target.user === undefined ? 'the user' : `the user "${target.user}"`
  const known: Readonly<Record<string, Advice>> = {
    ECONNREFUSED: [`nothing listens at ${at}: the connection was refused`, reach],
    ENOENT: [`there is no socket of a server in ${target.host}`, 'Check the host in the URL.'],
    ENOTFOUND: [
      `the host ${target.host} is not known`,
      'Check its name in the URL; a VPN may be needed to resolve it.',
    ],
    EAI_AGAIN: [`the name of the host ${target.host} could not be resolved`, 'Check the network of this machine.'],
    ETIMEDOUT: [
      `no answer from ${at} within ${connectSeconds} seconds`,
      // A PostgreSQL server waits for the client to speak first, as long as it takes.
      target.family === 'mysql' ? `${reach} PostgreSQL wants a URL with postgres://.` : reach,
    ],
    EHOSTUNREACH: [`no way leads to ${at}`, reach],
    ENETUNREACH: [`no way leads to ${at}`, reach],
    ECONNRESET: [`${at} closed the connection`, wrongEngine(target)],
    PROTOCOL_CONNECTION_LOST: [`${at} closed the connection`, wrongEngine(target)],
    '28P01': [`${at} refuses ${user}: wrong password or unknown user`, credentials],
    '28000': [
      `${at} does not let ${user} in from this machine`,
      'Check the user in the URL; else the server needs a line in pg_hba.conf, or sslmode=require in the URL.',
    ],
    '3D000': [`${name} does not exist at ${at}`, 'Check the end of the URL.'],
    '42501': [`${user} may not read the statistics`, grantPostgres],
    '53300': [`${at} has no connection left`, 'Try again later.'],
    '57P03': [`${at} is starting up or shutting down`, 'Try again in a minute.'],
    '55P03': ['a table is locked, so that its size cannot be read', busy],
    '57014': ['the catalogs took too long to read', busy],
    ER_ACCESS_DENIED_ERROR: [`${at} refuses ${user}: wrong password or unknown user`, credentials],
    ER_ACCESS_DENIED_NO_PASSWORD_ERROR: [`${at} refuses ${user}: wrong password or unknown user`, credentials],
    ER_DBACCESS_DENIED_ERROR: [`${user} may not read ${name}`, grantMysql],
    ER_TABLEACCESS_DENIED_ERROR: [`${user} may not read the statistics`, grantMysql],
    ER_SPECIFIC_ACCESS_DENIED_ERROR: [`${user} may not read the statistics`, grantMysql],
    ER_BAD_DB_ERROR: [`${name} does not exist at ${at}`, 'Check the end of the URL.'],
    ER_CON_COUNT_ERROR: [`${at} has no connection left`, 'Try again later.'],
    ER_HOST_NOT_PRIVILEGED: [`${at} lets nobody in from this machine`, 'The server needs a user for this host.'],
    ER_NOT_SUPPORTED_AUTH_MODE: [`${at} wants a way to sign in that is not supported`, credentials],
    AUTH_SWITCH_PLUGIN_ERROR: [`${at} wants a way to sign in that is not supported`, credentials],
    ER_SECURE_TRANSPORT_REQUIRED: [`${at} only takes encrypted connections`, 'Add ?ssl-mode=REQUIRED to the URL.'],
    PROTOCOL_SEQUENCE_TIMEOUT: ['the catalogs took too long to read', busy],
    HANDSHAKE_NO_SSL_SUPPORT: [
      `${at} does not encrypt`,
      'Use sslmode=disable in the URL where the network is trusted.',
    ],
    HANDSHAKE_SSL_ERROR: [`no encrypted connection to ${at} could be made`, trust],
  }
  return Object.hasOwn(known, code) ? known[code] : undefined
}

/** Seconds to wait for a connection. */
export const connectSeconds = 10

const trust =
  'Name the certificates to trust with sslrootcert=FILE in the URL, or use sslmode=require to trust whoever answers.'

function wrongEngine({ family }: Target): string {
  return family === 'postgres'
    ? 'Is it a PostgreSQL server? MySQL and MariaDB want a URL with mysql://.'
    : 'Is it a MySQL or MariaDB server? PostgreSQL wants a URL with postgres://.'
}

/** What a driver threw, as one line for people: without the URL, and never with the password. */
export function failureOf(error: unknown, target: Target): UserError {
  if (error instanceof UserError) return error
  const code = codeOf(error)
  const text = withoutSecrets(messageOf(error), target)
  const at = `${target.host}:${target.port}`
  const [what, hint] = adviceFor(code, target) ??
    adviceByText(code, text, target) ?? [
      `the statistics could not be read from ${at}: ${text.split('\n')[0] || code || 'no reason given'}`,
      undefined,
    ]
  return new UserError(what, hint)
}

function adviceByText(code: string, text: string, target: Target): Advice | undefined {
  const at = `${target.host}:${target.port}`
  if (/error establishing an SSL/i.test(text))
    return [`what answers at ${at} does not speak PostgreSQL's protocol`, wrongEngine(target)]
  if (/does not support (SSL|secure)/i.test(text)) return adviceFor('HANDSHAKE_NO_SSL_SUPPORT', target)
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH/.test(code) || /certificate/i.test(text))
    return [`the certificate of ${at} is not trusted: ${text.split('\n')[0] ?? code}`, trust]
  if (/query read timeout/i.test(text)) return adviceFor('57014', target)
  if (/timeout|timed? ?out/i.test(text)) return adviceFor('ETIMEDOUT', target)
  if (/password must be a string|no password|empty password/i.test(text))
    return [`${at} wants a password, and the URL has none`, credentials]
  if (/Connection terminated|connection lost|closed/i.test(text)) return adviceFor('ECONNRESET', target)
  // The greeting of one engine makes no sense to the driver of the other.
  if (/unexpected|packet|protocol|message type|invalid (response|message)/i.test(text))
    return [
      `what answers at ${at} does not speak the protocol of ${target.family === 'postgres' ? 'PostgreSQL' : 'MySQL'}`,
      wrongEngine(target),
    ]
  return undefined
}

/** The code of an error, or of the first of several attempts. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code
  return error instanceof AggregateError ? codeOf(error.errors[0]) : ''
}

function withoutSecrets(text: string, { password }: Target): string {
  const secrets = password === undefined ? [] : [password, encodeURIComponent(password)]
  return secrets.reduce((line, secret) => line.replaceAll(secret, '…'), text).replace(/\b\w+:\/\/\S+/g, '…')
}
