import type { Edit } from '../../../text/edit.ts'
import type { Rewrite, RewritePart } from '../../rewrite.ts'
import { inClass, phpLiteral } from './php.ts'
import { rewritePhpSql } from './php-sql.ts'
import type { Host, Site, Stage } from './plan.ts'
import { deeper } from './python.ts'

const notTransactional = ['public function isTransactional(): bool', '{', '    return false;', '}']

/** The safe way of a step in a Doctrine migration, whose steps are SQL. */
export async function rewriteDoctrine(name: string, site: Site): Promise<Rewrite | undefined> {
  const together = await allOrNothing(site)
  return rewritePhpSql(name, site, doctrineHost(site, together), say)
}

function say(sql: string): string {
  return `$this->addSql(${phpLiteral(sql)});`
}

function doctrineHost(site: Site, together: boolean): Host {
  let version = versionOf(site)
  return {
    language: 'php',
    bare: async () => (together ? undefined : bareEdits(site)),
    fits: text => text,
    // With `all_or_nothing` Doctrine refuses a migration that wants no transaction.
    migration: stage => {
      version = version === undefined ? undefined : version + 1n
      return stage.bare && together ? [] : [migration(stage, site, version)]
    },
  }
}

/** All migrations of a run in one transaction. */
async function allOrNothing({ context }: Site): Promise<boolean> {
  const { head } = context.change.trees
  const paths = (await head.list()).filter(path => /(^|\/)(doctrine_)?migrations\.(ya?ml|php|json|xml)$/.test(path))
  const texts = await Promise.all(paths.slice(0, 10).map(path => head.read(path)))
  return texts.some(text => /all[_-]or[_-]nothing['"]?\s*(:|=>|=)\s*['"]?true\b/i.test(text ?? ''))
}

function bareEdits({ program, source }: Site): readonly Edit[] | undefined {
  if (program.transaction === 'each') return []
  if (/\bfunction\s+isTransactional\b/.test(source.text)) return undefined
  const added = inClass(source, notTransactional)
  return added && [added]
}

/** The time stamp by which Doctrine orders migrations. */
function versionOf({ source }: Site): bigint | undefined {
  const digits = /\bclass\s+Version(\d+)\b/.exec(source.text)?.[1]
  return digits === undefined ? undefined : BigInt(digits)
}

function migration({ name, sql, bare }: Stage, { source }: Site, version: bigint | undefined): RewritePart {
  const namespace = /^namespace\s+([\w\\]+);/m.exec(source.text)?.[1]
  const strict = /declare\(\s*strict_types\s*=\s*1\s*\)/.test(source.text)
  return {
    where: '',
    language: 'php',
    code: [
      '<?php',
      '',
      ...(strict ? ['declare(strict_types=1);', ''] : []),
      ...(namespace === undefined ? [] : [`namespace ${namespace};`, '']),
      'use Doctrine\\DBAL\\Schema\\Schema;',
      'use Doctrine\\Migrations\\AbstractMigration;',
      '',
      `final class Version${version ?? 'Next'} extends AbstractMigration`,
      '{',
      ...['public function getDescription(): string', '{', `    return '${name.replace(/[\\']/g, '\\$&')}';`, '}'].map(
        line => `    ${line}`,
      ),
      '',
      ...(bare ? [...notTransactional.map(line => `    ${line}`), ''] : []),
      '    public function up(Schema $schema): void',
      '    {',
      ...sql.map(statement => `        ${deeper(say(statement), '        ')}`),
      '    }',
      '}',
    ].join('\n'),
  }
}
