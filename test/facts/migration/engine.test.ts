import { expect, test } from 'vitest'
import { factsOf } from './facts-of.ts'

const doctrine = (sql: string): string =>
  `<?php\nuse Doctrine\\Migrations\\AbstractMigration;\nfinal class Version1 extends AbstractMigration {\n  public function up($schema): void { $this->addSql('${sql}'); }\n}\n`

async function engineWith(repository: Readonly<Record<string, string>>): Promise<string | undefined> {
  const head = doctrine('CREATE INDEX i ON users (age)')
  const { facts } = await factsOf([{ path: 'migrations/Version1.php', head }], repository)
  return facts[0]?.engine
}

test.each([
  [
    'postgres',
    {
      '.env': '# DATABASE_URL="mysql://db/app"\nDATABASE_URL="postgresql://app@127.0.0.1:5432/app?serverVersion=16"\n',
    },
  ],
  ['postgres', { '.env.example': 'DATABASE_URL=postgresql+psycopg2://db/app\n' }],
  ['mysql', { '.env': 'DATABASE_URL=mysql://app@db:3306/app?serverVersion=8.0.32\n' }],
  ['mariadb', { '.env': 'DATABASE_URL="mysql://app@db:3306/app?serverVersion=10.11.2-MariaDB&charset=utf8mb4"\n' }],
  ['postgres', { 'config/packages/doctrine.yaml': "doctrine:\n  dbal:\n    driver: 'pdo_pgsql'\n" }],
  [
    'mariadb',
    {
      'config/packages/doctrine.yaml':
        "doctrine:\n  dbal:\n    driver: pdo_mysql\n    server_version: 'mariadb-10.6.0'\n",
    },
  ],
  ['postgres', { 'composer.json': '{"require": {"ext-pdo_pgsql": "*"}}\n' }],
  // What most projects in PHP use, where nothing is said.
  ['mysql', {}],
])('%s by %j', async (engine, repository) => {
  expect(await engineWith(repository)).toBe(engine)
})
