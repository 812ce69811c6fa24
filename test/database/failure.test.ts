import { describe, expect, test } from 'vitest'
import { failureOf } from '../../src/database/failure.ts'
import type { Target } from '../../src/database/types.ts'

const postgres: Target = {
  family: 'postgres',
  host: 'db.example',
  port: 5432,
  user: 'reader',
  password: 'hunter2',
  database: 'shop',
  tls: 'prefer',
}
const mysql: Target = { ...postgres, family: 'mysql', port: 3306 }

const thrown = (code: string, message = ''): Error => Object.assign(new Error(message), { code })

describe('what a driver throws becomes one line, and what to do', () => {
  test.each([
    [postgres, new AggregateError([thrown('ECONNREFUSED')]), 'nothing listens at db.example:5432', 'firewall'],
    [postgres, thrown('ENOTFOUND'), 'the host db.example is not known', 'name'],
    [postgres, new Error('timeout expired'), 'no answer from db.example:5432 within 10 seconds', 'firewall'],
    [postgres, new Error('Query read timeout'), 'took too long', 'again'],
    [postgres, thrown('28P01', 'password authentication failed'), 'refuses the user "reader"', 'password'],
    [postgres, thrown('28000', 'no pg_hba.conf entry'), 'does not let the user "reader" in', 'pg_hba.conf'],
    [postgres, thrown('3D000'), 'the database "shop" does not exist', 'end of the URL'],
    [postgres, thrown('42501', 'permission denied'), 'the user "reader" may not read the statistics', 'GRANT'],
    [postgres, thrown('55P03'), 'a table is locked', 'migration'],
    [postgres, new Error('The server does not support SSL connections'), 'does not encrypt', 'sslmode=disable'],
    [postgres, thrown('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate'), 'is not trusted', 'sslrootcert'],
    [postgres, new Error('There was an error establishing an SSL connection'), "PostgreSQL's protocol", 'mysql://'],
    [mysql, thrown('ETIMEDOUT'), 'no answer from db.example:3306', 'postgres://'],
    [mysql, thrown('ER_ACCESS_DENIED_ERROR'), 'refuses the user "reader"', 'password'],
    [mysql, thrown('ER_DBACCESS_DENIED_ERROR'), 'may not read the database "shop"', 'GRANT'],
    [mysql, thrown('ER_SECURE_TRANSPORT_REQUIRED'), 'only takes encrypted connections', 'ssl-mode=REQUIRED'],
    [mysql, thrown('PROTOCOL_CONNECTION_LOST'), 'closed the connection', 'postgres://'],
    [mysql, new Error('Unexpected packet while waiting'), 'does not speak the protocol of MySQL', 'postgres://'],
  ])('%#', (target, error, what, hint) => {
    const failure = failureOf(error, target)
    expect(failure.message).toContain(what)
    expect(failure.message).not.toContain('\n')
    expect(failure.hint).toContain(hint)
  })
})

test('neither the password nor a URL gets into a message, whatever the driver says', () => {
  const { message, hint } = failureOf(
    new Error('cannot use hunter2 of postgres://reader:hunter2@db.example/shop\nmore'),
    postgres,
  )
  expect(`${message} ${hint}`).not.toMatch(/hunter2|:\/\/reader/)
  expect(message).not.toContain('more')
})
