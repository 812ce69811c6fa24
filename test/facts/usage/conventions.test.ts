import { describe, expect, test } from 'vitest'
import { changeInMemory } from '../../../src/change/memory.ts'
import { keyOf, type Usage, usagesOf } from '../../../src/facts/usage/search.ts'

async function usage(
  table: string,
  column: string | undefined,
  files: Readonly<Record<string, string>>,
): Promise<Usage | undefined> {
  const target = { table, ...(column === undefined ? {} : { column }), framework: 'sql', renamed: false }
  return (await usagesOf([target], changeInMemory({ files: [], repository: files }))).get(keyOf(target))
}

const model = 'class Invoice < ApplicationRecord\nend\n'

describe('a column that only a convention names', () => {
  test.each([
    [
      'a scope',
      'legacy_ref',
      'app/models/invoice.rb',
      'class Invoice < ApplicationRecord\n  scope :old, -> { where.not(legacy_ref: nil) }\nend\n',
    ],
    [
      'a validation',
      'legacy_ref',
      'app/models/invoice.rb',
      'class Invoice < ApplicationRecord\n  validates :legacy_ref, presence: true\nend\n',
    ],
    [
      'an enumeration',
      'phase',
      'app/models/invoice.rb',
      'class Invoice < ApplicationRecord\n  enum :phase, { draft: 0, sent: 1 }\nend\n',
    ],
    [
      'belongs_to',
      'batch_id',
      'app/models/invoice.rb',
      'class Invoice < ApplicationRecord\n  belongs_to :batch\nend\n',
    ],
    ['has_many', 'batch_id', 'app/models/batch.rb', 'class Batch < ApplicationRecord\n  has_many :invoices\nend\n'],
    [
      'a counter cache',
      'lines_count',
      'app/models/line.rb',
      'class Line < ApplicationRecord\n  belongs_to :invoice, counter_cache: true\nend\n',
    ],
    [
      'an association',
      'legacy_ref',
      'app/models/account.rb',
      'class Account < ApplicationRecord\n  def old\n    invoices.where(legacy_ref: "x")\n  end\nend\n',
    ],
    ['a chain over lines', 'legacy_ref', 'app/x.rb', 'Invoice\n  .where(state: 1)\n  .pluck(:id, :legacy_ref)\n'],
    [
      'a serializer',
      'phase',
      'app/serializers/invoice_serializer.rb',
      'class InvoiceSerializer < ActiveModel::Serializer\n  attributes :id, :phase\nend\n',
    ],
    [
      "Django's admin",
      'phase',
      'shop/admin.py',
      'class InvoiceAdmin(admin.ModelAdmin):\n    list_display = ("id", "phase")\n',
    ],
    ['Prisma', 'phase', 'src/x.ts', 'prisma.invoice.findMany({\n  select: { id: true, phase: true },\n})\n'],
    ['Knex', 'legacy_ref', 'src/x.js', 'db("invoices")\n  .where({ state: 1 })\n  .orderBy("legacy_ref")\n'],
    ['Supabase', 'legacy_ref', 'src/x.ts', "supabase.from('invoices').select('id, legacy_ref')\n"],
    [
      'Ecto',
      'phase',
      'lib/invoice.ex',
      'defmodule Invoice do\n  schema "invoices" do\n    field :phase, :string\n  end\nend\n',
    ],
    ['Diesel', 'phase', 'src/schema.rs', 'diesel::table! {\n    invoices (id) {\n        phase -> Text,\n    }\n}\n'],
    ['GORM', 'phase', 'store/invoice.go', 'package store\n\ntype Invoice struct {\n\tgorm.Model\n\tPhase string\n}\n'],
    [
      'JPA',
      'phase',
      'src/main/java/Invoice.java',
      '@Entity\n@Table(name = "invoices")\npublic class Invoice {\n  private String phase;\n}\n',
    ],
    ['dbt', 'phase', 'models/stg.sql', "select id, phase from {{ source('app', 'invoices') }}\n"],
    [
      'Hasura',
      'phase',
      'hasura/metadata/tables/invoices.yaml',
      'table:\n  name: invoices\nselect_permissions:\n  - permission:\n      columns:\n        - phase\n',
    ],
  ])('%s', async (_name, column, path, text) => {
    expect((await usage('invoices', column, { [path]: text }))?.head).toEqual([expect.stringContaining(path)])
  })
})

describe('a column that something else means', () => {
  test.each([
    [
      'a computed attribute',
      'phase',
      {
        'app/models/invoice.rb': model,
        'app/serializers/invoice_serializer.rb':
          'class InvoiceSerializer < ActiveModel::Serializer\n  attributes :id, :phase\n\n  def phase\n    1\n  end\nend\n',
      },
    ],
    [
      "another model's admin",
      'phase',
      { 'shop/admin.py': 'class InvoiceConfigAdmin(admin.ModelAdmin):\n    list_display = ("id", "phase")\n' },
    ],
    ['another table', 'phase', { 'src/x.js': 'db("orders")\n  .where({ state: 1 })\n  .orderBy("phase")\n' }],
    [
      'a key of its own',
      'batch_id',
      { 'app/models/batch.rb': 'class Batch < ApplicationRecord\n  has_many :invoices, foreign_key: :group_id\nend\n' },
    ],
    [
      'through another table',
      'batch_id',
      { 'app/models/batch.rb': 'class Batch < ApplicationRecord\n  has_many :invoices, through: :lines\nend\n' },
    ],
    [
      'a transient field',
      'phase',
      {
        'src/main/java/Invoice.java':
          '@Entity\n@Table(name = "invoices")\npublic class Invoice {\n  @Transient\n  private String phase;\n}\n',
      },
    ],
    ['the next statement', 'phase', { 'src/x.js': 'db("invoices").where({ state: 1 })\nconst label = { phase: 1 }\n' }],
  ])('%s', async (_name, column, files) => {
    expect((await usage('invoices', column, files))?.head ?? []).toEqual([])
  })
})

describe('a table', () => {
  test.each([
    ['Prisma', 'src/x.ts', 'await prisma.auditEntry.create({ data })\n'],
    ['JPA', 'src/main/java/A.java', '@Entity\n@Table(name = "audit_entries")\nclass AuditEntry {}\n'],
    ['Ecto', 'lib/a.ex', 'defmodule A do\n  schema "audit_entries" do\n  end\nend\n'],
    ['Eloquent', 'app/Models/AuditEntry.php', '<?php\nclass AuditEntry extends Model {}\n'],
    ['GORM', 'a.go', 'package a\n\nfunc (AuditEntry) TableName() string {\n\treturn "audit_entries"\n}\n'],
    ['has_many', 'app/models/user.rb', 'class User < ApplicationRecord\n  has_many :audit_entries\nend\n'],
    ['Hasura', 'metadata/tables.yaml', '- table:\n    name: audit_entries\n'],
  ])('%s', async (_name, path, text) => {
    expect((await usage('audit_entries', undefined, { [path]: text }))?.head).toEqual([expect.stringContaining(path)])
  })

  test('a class of its name on another table', async () => {
    const files = {
      'app/models/audit_entry.rb': 'class AuditEntry < ApplicationRecord\n  self.table_name = "entries"\nend\n',
    }
    expect((await usage('audit_entries', undefined, files))?.head ?? []).toEqual([])
  })
})
