import { expect, test } from 'vitest'
import { readTarget } from '../../src/database/url.ts'
import { UserError } from '../../src/text/errors.ts'

function refusal(url: string): string {
  try {
    readTarget(url)
  } catch (error) {
    if (error instanceof UserError) return `${error.message}\n${error.hint ?? ''}`
    throw error
  }
  return 'accepted'
}

test.each([
  ['postgres://a:b@db.example:6000/shop', { family: 'postgres', host: 'db.example', port: 6000, database: 'shop' }],
  ['postgresql+psycopg2://a:b@db/shop', { family: 'postgres', host: 'db', port: 5432, user: 'a', password: 'b' }],
  ['mysql2://a:b@db/shop?ssl-mode=REQUIRED', { family: 'mysql', port: 3306, tls: 'require' }],
  ['mariadb://a@db', { family: 'mysql', user: 'a', tls: 'prefer' }],
  ['postgres://a:p%40ss%2Fword@db/shop', { password: 'p@ss/word' }],
  ['postgres://a:b@/shop?host=/run/postgresql', { host: '/run/postgresql', database: 'shop' }],
  ['postgres:///shop', { host: 'localhost', database: 'shop' }],
  [
    'postgres://a:b@[::1]:5432/shop?sslmode=verify-full&sslrootcert=ca.pem',
    { host: '::1', tls: 'verify', authority: 'ca.pem' },
  ],
])('%s', (url, target) => {
  expect(readTarget(url)).toMatchObject(target)
})

test.each([
  ['mongodb://root:hunter2@db/shop', 'mongodb:'],
  ['postgrs://root:hunter2@db/shop', 'did you mean "postgres"?'],
  ['postgres://root:hun#ter2@db/shop', 'cannot be read'],
  ['postgres://root:hunter2@db/shop?sslmode=yes', 'sslmode'],
  ['hunter2', 'cannot be read'],
])('%s is refused without a word of what it holds', (url, telling) => {
  const said = refusal(url)
  expect(said).toContain(telling)
  expect(said).not.toMatch(/hunter2|hun#|ter2|root|shop/)
})
