import { expect, test } from 'vitest'
import { queriesIn } from '../../../src/facts/usage/query.ts'
import { wordsOf } from '../../../src/facts/usage/target.ts'

const filters = (path: string, text: string): string[] =>
  queriesIn(path, text.split('\n'), wordsOf({ table: 'invoices', framework: '', renamed: false })).flatMap(query => [
    ...query.filters,
  ])

test.each([
  ['a.go', 'db.Query("SELECT id FROM invoices WHERE external_ref = $1")'],
  ['a.go', 'db.Query("SELECT 1 FROM invoices i JOIN lines l ON l.invoice_id = i.id WHERE i.external_ref = $1")'],
  ['a.sql', 'UPDATE billing.invoices SET paid = true WHERE external_ref IN (1, 2);'],
  ['a.rb', 'Invoice.find_by(external_ref: ref)'],
  ['a.rb', 'Invoice.where("external_ref = ?", ref).first'],
  ['a.rb', 'class Invoice < ApplicationRecord\n  validates :external_ref, uniqueness: true\nend'],
  ['a.py', 'Invoice.objects.filter(external_ref__in=refs).first()'],
  ['a.py', 'get_object_or_404(Invoice, external_ref=ref)'],
  ['a.py', 'session.query(Invoice).filter(Invoice.external_ref == ref).one()'],
  ['a.py', 'session.execute(\n    select(Invoice)\n    .where(Invoice.external_ref == ref)\n)'],
  ['a.ex', 'from(i in Invoice, where: i.external_ref == ^ref)'],
  ['a.ex', 'Repo.get_by(Billing.Invoice, external_ref: ref)'],
  ['a.php', "<?php\n$one = Invoice::where('external_ref', $ref)->first();"],
  ['a.php', "<?php\n$one = DB::table('invoices')->where('external_ref', '=', $ref)->first();"],
  ['a.ts', "await knex('invoices').where({ external_ref: ref }).first()"],
  ['a.ts', 'await prisma.invoice.findFirst({ where: { externalRef: ref }, select: { state: true } })'],
  ['a.ts', 'await db.select().from(invoices).where(eq(invoices.externalRef, ref))'],
  ['a.ts', 'await invoiceRepository.findOneBy({ externalRef: ref })'],
  [
    'A.java',
    'interface A extends JpaRepository<Invoice, Long> {\n  Optional<Invoice> findByExternalRef(String ref);\n}',
  ],
])('%s: %s asks by the column alone', (path, text) => {
  expect(filters(path, text)).toEqual(['externalref'])
})

test.each([
  ['a.go', 'db.Query("SELECT id FROM invoices WHERE external_ref = $1 OR state = $2")'],
  ['a.go', 'db.Query("SELECT id FROM invoices WHERE lower(external_ref) = $1")'],
  ['a.go', 'db.Query("SELECT id FROM invoices_old WHERE external_ref = $1")'],
  ['a.rb', 'Invoice.for_tenant(tenant).find_by(external_ref: ref)'],
  ['a.rb', 'Invoice.where.not(external_ref: nil)'],
  ['a.rb', 'Invoice.create!(external_ref: ref)'],
  ['a.rb', 'account.invoices.find_by(external_ref: ref)'],
  ['a.rb', 'class Account < ApplicationRecord\n  has_many :invoices, through: :orders\nend'],
  ['a.py', 'Invoice.objects.filter(external_ref__icontains=text)'],
  ['a.py', 'Invoice(external_ref=ref).save()'],
  ['a.ts', "await knex('invoices').insert({ external_ref: ref })"],
  ['a.ts', 'await prisma.invoice.create({ data: { externalRef: ref } })'],
])('%s: %s needs no index', (path, text) => {
  expect(filters(path, text)).toEqual([])
})

test('other columns of a query and of an association are told', () => {
  expect(filters('a.rb', 'Invoice.where(account: account).find_by!(external_ref: ref)')).toEqual([
    'account',
    'externalref',
  ])
  expect(filters('a.rb', 'class Account < ApplicationRecord\n  has_many :invoices, dependent: :destroy\nend')).toEqual([
    'account',
  ])
})
