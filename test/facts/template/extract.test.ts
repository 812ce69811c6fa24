import { expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryChange } from '../../../src/change/memory.ts'
import { engineOf, referencesIn, stemOf } from '../../../src/facts/template/engines.ts'
import { templateKind } from '../../../src/facts/template/index.ts'

async function facts(input: MemoryChange) {
  const change = changeInMemory(input)
  const config = {
    rules: {},
    ignore: [],
    databases: [],
    tables: {},
    environments: { production: [], lower: [] },
    schedules: [],
  }
  const { artifacts } = await loadArtifacts(change, config)
  const extract = await templateKind.load()
  return extract({ change, artifacts, config, now: new Date(0) }, artifacts.filter(templateKind.wants))
}

test.each([
  ['a.html.erb', '<%= render partial: "x/y", locals: {} %>', 'x/y'],
  ['a.html.haml', "= render(:partial => 'y')", 'y'],
  ['app/controllers/a.rb', 'render layout: false, partial: "x/y"', 'x/y'],
  ['a.json.jbuilder', "json.partial! 'x/y', a: 1", 'x/y'],
  ['templates/a.html', "{% include 'x/y.html' with a=1 %}", 'x/y.html'],
  ['a.html.twig', "{{ include('x/y.html.twig') }}", 'x/y.html.twig'],
  ['a.hbs', '{{> x/y a=1}}', 'x/y'],
  ['a.liquid', "{% render 'y', a: 1 %}", 'y'],
  ['a.blade.php', "@include('x.y', [])", 'x.y'],
  ['a.ejs', "<%- include('x/y') %>", 'x/y'],
  ['a.pug', 'block a\n  include x/y\n', 'x/y'],
])('the reference of %s', (path, text, name) => {
  expect(referencesIn(text, path).map(reference => reference.name)).toEqual([name])
})

test.each([
  ['a.html.erb', '<%# render "x/y" %><%= render @order %><%= render "x/#{y}" %>'],
  ['a.html', '{# {% include "x.html" %} #}{% include name %}{% include "@Lib/x.html" %}'],
  ['a.liquid', '{% include name %}'],
  ['a.txt', ''],
])('nothing to follow in %s', (path, text) => {
  expect(referencesIn(text, path).filter(({ answers }) => !answers('never'))).toEqual([])
})

test('a partial answers from any folder of views', () => {
  const [reference] = referencesIn('<%= render "shared/foot" %>', 'app/views/a.html.erb')
  expect(reference?.answers('engines/x/app/views/shared/_foot.html.haml')).toBe(true)
  expect(reference?.answers('app/views/shared/foot.html.haml')).toBe(false)
  expect(reference?.answers('app/views/unshared/_foot.html.haml')).toBe(false)
  expect(reference?.stem).toBe('foot')
  expect(stemOf('a/_foot.html.haml')).toBe('foot')
})

test('a renamed partial leaves its users behind', async () => {
  const { facts: found } = await facts({
    files: [{ path: 'app/views/a/_new.html.erb', basePath: 'app/views/a/_old.html.erb', base: 'x', head: 'x' }],
    repository: { 'app/views/a/show.html.erb': '\n<%= render "a/old" %>' },
  })
  expect(found).toMatchObject([
    { removed: 'app/views/a/_old.html.erb', usedIn: 'app/views/a/show.html.erb', usedAt: 2, side: 'base' },
  ])
})

test('a reference that base had is no news', async () => {
  const input = { path: 'app/views/a/show.html.erb', base: '<%= render "a/x" %>', head: '<p><%= render "a/x" %></p>' }
  expect((await facts({ files: [input], repository: { 'app/views/a/_y.erb': '' } })).facts).toEqual([])
})

test.each([
  '',
  '<%= render "',
  '{% include "',
  '{{> ',
  '@include(',
  '\u0000\uFFFF',
  `${'<% '.repeat(20_000)}render "x"`,
])('survives %j', async text => {
  for (const path of [
    'app/views/order_mailer/a.html.erb',
    'templates/a.html',
    'a.hbs',
    'a.liquid',
    'a.blade.php',
    'a.pug',
  ]) {
    expect(engineOf(path)).toBeDefined()
    const { notAnalysed } = await facts({
      files: [{ path, head: text }],
      repository: { 'app/mailers/order_mailer.rb': text },
    })
    expect(notAnalysed).toEqual([])
  }
})
