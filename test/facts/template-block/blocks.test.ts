import { describe, expect, test } from 'vitest'
import { bladeFault, erbFault } from '../../../src/facts/template-block/code.ts'
import { goFault, handlebarsFault, jinjaFault } from '../../../src/facts/template-block/curly.ts'

describe('sound', () => {
  test.each([
    '<%= render "a", title: if x then 1 else 2 end %>',
    '<%= link_to "#{a ? "x" : "y"} do", p, class: "end" %>',
    '<% items.each do |i| %><% next unless i %><%= i %><% end %>',
    '<%= f.select :a, [1, 2] do %>x<% end %>',
    '<% x = begin\n 1\nrescue\n 2\nend %>',
    '<% until done? do %>x<% end %><%% if %>',
    '<%= :title => if a then b end %>',
    '<% if a # the end\n %>x<% end %>',
  ])('%s', text => expect(erbFault(text)).toBeUndefined())

  test.each([
    '{%- for a in b -%}{{ a }}{%- endfor -%}',
    '{% set x %}a{% endset %}{% set y = 1 %}',
    '{% trans %}a{% endtrans %}',
    '{% comment %}{% if %}{% endcomment %}',
    '{% block a %}{% endblock a %}{% block b scoped %}{% endblock %}',
    '{{ {"a": {"b": 1}} }}',
  ])('%s', text => expect(jinjaFault(text)).toBeUndefined())

  test.each([
    '{{#if a}}{{else if b}}{{/if}}{{^list}}none{{/list}}',
    '\\{{#if}} {{!-- {{/if}} --}} {{! {{#x}} }}',
    '{{{{raw}}}} {{#if}} {{{{/raw}}}}',
  ])('%s', text => expect(handlebarsFault(text)).toBeUndefined())

  test.each(['{{- /* {{ if }} */ -}}{{ with .A }}{{ else }}{{ end }}', '{{ define "a" }}{{ "}}" }}{{ end }}'])(
    '%s',
    text => expect(goFault(text)).toBeUndefined(),
  )

  test.each(['{{-- @if --}}@if (a) x @elseif (b) y @endif', '@@if me@iffy.org @php if (a) { @endphp'])('%s', text =>
    expect(bladeFault(text)).toBeUndefined(),
  )
})

test.each([
  [erbFault, '<% if a %>', 'unclosed'],
  [erbFault, '<% a do |b| %>x<% end %><% end %>', 'unopened'],
  [jinjaFault, '{% if a %}{% for b in c %}{% endif %}{% endfor %}', 'crossed'],
  [jinjaFault, '{{ a }', 'output'],
  [handlebarsFault, '{{#each a}}{{/if}}', 'crossed'],
  [goFault, '{{ end }}', 'unopened'],
  [bladeFault, '@foreach ($a as $b) x', 'unclosed'],
] as const)('%o of %s is %s', (read, text, problem) => expect(read(text)).toMatchObject({ problem }))

test.each(['{% raw ', '{%', '{{!--', '{{{{', '<%', '<%# ', '{{-- ', '@verbatim', '{{', '<% "#{', '{# '])(
  'many of %s end',
  piece => {
    const text = piece.repeat(Math.floor(150_000 / piece.length))
    for (const read of [erbFault, jinjaFault, handlebarsFault, goFault, bladeFault])
      expect(() => read(text)).not.toThrow()
  },
)
