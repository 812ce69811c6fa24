import type { Language } from './types.ts'

interface Framework {
  readonly language: Language
  /** As it stands behind "migrations". */
  readonly name: string
  /** Whatever of it the text has to have: all of them, one after the other would be slow. */
  readonly marks: readonly RegExp[]
}

/** Frameworks whose migrations are programs that nothing reads yet, by what marks their files. */
const frameworks: readonly Framework[] = [
  {
    language: 'go',
    name: 'written in go',
    marks: [/\bgoose\.Add(Named)?Migration\w*\(|\bgormigrate\.Migration\s*\{|\b[Mm]igrations\.MustRegister\(/],
  },
  ...(['java', 'kotlin'] as const).map(language => ({
    language,
    name: `written in ${language}`,
    marks: [
      /\bextends\s+BaseJavaMigration\b|\bimplements\s+(JavaMigration|CustomTaskChange|CustomSqlChange)\b|:\s*(BaseJavaMigration|CustomTaskChange)\b/,
    ],
  })),
  {
    language: 'csharp',
    name: 'of Entity Framework',
    marks: [/\bclass\s+\w+\s*:\s*Migration\b/, /\bvoid\s+Up\s*\(\s*MigrationBuilder\b/],
  },
  {
    language: 'csharp',
    name: 'of FluentMigrator',
    marks: [/\busing\s+FluentMigrator\b/, /\[(?:Timestamped)?Migration\(/],
  },
  { language: 'rust', name: 'of SeaORM', marks: [/\bimpl\s+MigrationTrait\s+for\b/] },
  { language: 'rust', name: 'of refinery', marks: [/\bbarrel::/, /\bpub\s+fn\s+migration\s*\(\s*\)\s*->\s*String\b/] },
  { language: 'php', name: 'of Yii', marks: [/\byii\\db\\Migration\b|\bYiisoft\\Db\\Migration\\/] },
  { language: 'php', name: 'of CodeIgniter', marks: [/\bCodeIgniter\\Database\\Migration\b/] },
  {
    language: 'python',
    name: 'of sqlalchemy-migrate',
    marks: [/^from migrate\b[^\n]*\bimport\b/m, /^def upgrade\(\s*migrate_engine\b/m],
  },
  { language: 'python', name: 'of Piccolo', marks: [/\bpiccolo\.apps\.migrations\.auto\b/, /^async def forwards\(/m] },
]

/** Phinx, and CakePHP's migrations, which stand on it; projects put base classes of their own between. */
export function isPhinx(text: string): boolean {
  if (/\bPhinx\\Migration\\|\b(use|extends)\s+\\?Migrations\\(Abstract|Base)Migration\b/.test(text)) return true
  return (
    /\bextends\s+[\w\\]*Migration\b/.test(text) &&
    /\$this->table\(/.test(text) &&
    /->(create|update|save)\(\)/.test(text) &&
    !/\bIlluminate\\|\$this->addSql\b/.test(text)
  )
}

/** The framework of a migration that is not read, in words that stand behind "migrations"; undefined for any other file. */
export function unreadFramework(language: Language, text: string): string | undefined {
  return frameworks.find(one => one.language === language && one.marks.every(mark => mark.test(text)))?.name
}
