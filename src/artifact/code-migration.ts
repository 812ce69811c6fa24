import type { Language } from './types.ts'

interface Framework {
  readonly language: Language
  /** As it stands behind "migrations". */
  readonly name: string
  readonly mark: RegExp
}

/** Frameworks whose migrations are programs that nothing reads yet, by what marks their files. */
const frameworks: readonly Framework[] = [
  {
    language: 'go',
    name: 'written in go',
    mark: /\bgoose\.Add(Named)?Migration\w*\(|\bgormigrate\.Migration\s*\{|\b[Mm]igrations\.MustRegister\(/,
  },
  ...(['java', 'kotlin'] as const).map(language => ({
    language,
    name: `written in ${language}`,
    mark: /\bextends\s+BaseJavaMigration\b|\bimplements\s+(JavaMigration|CustomTaskChange|CustomSqlChange)\b|:\s*(BaseJavaMigration|CustomTaskChange)\b/,
  })),
  {
    language: 'csharp',
    name: 'of Entity Framework',
    mark: /\bclass\s+\w+\s*:\s*Migration\b[\s\S]*\bvoid\s+Up\s*\(\s*MigrationBuilder\b/,
  },
  {
    language: 'csharp',
    name: 'of FluentMigrator',
    mark: /\busing\s+FluentMigrator\b[\s\S]*\[(?:Timestamped|Tags|\w*)?Migration\(/,
  },
  { language: 'rust', name: 'of SeaORM', mark: /\bimpl\s+MigrationTrait\s+for\b/ },
  { language: 'rust', name: 'of refinery', mark: /\bbarrel::[\s\S]*\bpub\s+fn\s+migration\s*\(\s*\)\s*->\s*String\b/ },
  {
    language: 'php',
    name: 'of Phinx',
    mark: /\bPhinx\\Migration\\|\b(use|extends)\s+\\?Migrations\\(Abstract|Base)Migration\b/,
  },
  { language: 'php', name: 'of Yii', mark: /\byii\\db\\Migration\b|\bYiisoft\\Db\\Migration\\/ },
  { language: 'php', name: 'of CodeIgniter', mark: /\bCodeIgniter\\Database\\Migration\b/ },
  { language: 'ruby', name: 'of Sequel', mark: /^\s*(Sequel|ROM::SQL)\.migration\b/m },
  {
    language: 'python',
    name: 'of sqlalchemy-migrate',
    mark: /^from migrate\b[^\n]*\bimport\b[\s\S]*^def upgrade\(\s*migrate_engine\b/m,
  },
  { language: 'python', name: 'of Piccolo', mark: /\bpiccolo\.apps\.migrations\.auto\b[\s\S]*^async def forwards\(/m },
]

/** The framework of a migration that is not read, in words that stand behind "migrations"; undefined for any other file. */
export function unreadFramework(language: Language, text: string): string | undefined {
  return frameworks.find(one => one.language === language && one.mark.test(text))?.name
}
