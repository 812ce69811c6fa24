import { between, type Fault, firstFault, openTag, type Tag, withoutSilent } from './found.ts'

/** Blocks of Jinja, Django, Twig, Nunjucks and Liquid that need an end. Others count where their end stands in the file. */
const blocks =
  /^(if|for|unless|case|block|macro|call|capture|tablerow|autoescape|with|blocktrans|blocktranslate|ifchanged|spaceless|embed|apply|paginate|form)$/

const silent = [
  between(/\{#/g, /#\}/g),
  {
    begins: /\{%[-+~]?\s*(raw|verbatim|comment|schema|javascript|stylesheet|style|doc)\b/g,
    ends: ([, name = '']: RegExpExecArray) => new RegExp(`\\{%[-+~]?\\s*end${name}\\b[^%]{0,40}%\\}`, 'g'),
  },
]
const tag = /\{%[-+~]?\s*(\w+)((?:[^%]|%(?!\})){0,2000})%\}/g

/** The first block of a Jinja-like template that does not end where it should. */
export function jinjaFault(written: string): Fault | undefined {
  const text = withoutSilent(written, silent)
  const ends = new Set([...text.matchAll(/\{%[-+~]?\s*end(\w+)/g)].map(([, name = '']) => name))
  const tags = [...text.matchAll(tag)].flatMap((found): readonly Tag[] => {
    const [whole, name = '', rest = ''] = found
    const place = { start: found.index, end: found.index + whole.length }
    const closed = /^end(\w+)$/.exec(name)?.[1]
    if (closed !== undefined) return isBlock(closed, '', ends) ? [{ name: closed, opens: false, ...place }] : []
    return isBlock(name, rest, ends) ? [{ name, opens: true, ...place }] : []
  })
  return firstFault(tags, name => `{% end${name} %}`) ?? openOutput(text, written)
}

function isBlock(name: string, rest: string, ends: ReadonlySet<string>): boolean {
  // `{% set a = 1 %}`, `{% trans "Hello" %}`, Twig's `{% block title 'Orders' %}` stand alone.
  if (name === 'set') return ends.has('set') && !rest.includes('=')
  if (name === 'trans') return ends.has('trans') && !/^\s*["']/.test(rest)
  if (name === 'block')
    return !/^\s*\w+\s+\S/.test(rest.replace(/[-+~]\s*$/, '').replace(/\s+(scoped|required|in)\b.*/, ''))
  // Shopify's `{% form 'product' %}` has an end, the tag of a plugin of that name need not.
  if (/^(form|call|with|case)$/.test(name)) return ends.has(name) || /^(call|with|case)$/.test(name)
  return blocks.test(name) || ends.has(name)
}

/** `{{ name }` and `{{ name` on one line: the engine reads on into the text behind it. */
export function openOutput(text: string, written: string): Fault | undefined {
  for (const { index } of text.matchAll(/\{\{(?![{%])/g)) {
    if (text[index - 1] === '{' || text[index - 1] === '\\' || text[index - 1] === '@') continue
    const next = /\}\}|\{\{|\{%/.exec(text.slice(index + 2, index + 2000))
    if (next?.[0] === '}}') continue
    const line = written.slice(index, written.indexOf('\n', index) === -1 ? undefined : written.indexOf('\n', index))
    return { problem: 'output', start: index, end: index + Math.max(2, line.trimEnd().length), wanted: '}}' }
  }
  return undefined
}

const quiet = [
  between(/\{\{\{\{(?!\/)/g, /\{\{\{\{\/[^}]{0,200}\}\}\}\}/g),
  between(/\{\{~?!--/g, /--~?\}\}/g),
  between(/\{\{~?!/g, /\}\}/g),
  between(/\\\{\{/g, /\}\}/g),
]

/** The first block of a Handlebars or Mustache template that does not end where it should. */
export function handlebarsFault(written: string): Fault | undefined {
  const text = withoutSilent(written, quiet)
  const tags = [...text.matchAll(/\{\{~?\s*([#^/])\s*[*>]?\s*([\w.@$/-]+)[^}]{0,2000}\}\}/g)].map((found): Tag => {
    const [whole, mark, name = ''] = found
    return { name, opens: mark !== '/', start: found.index, end: found.index + whole.length }
  })
  return firstFault(tags, name => `{{/${name}}}`) ?? openOutput(text, written)
}

/** The first block of a Go template that does not end where it should. */
export function goFault(written: string): Fault | undefined {
  const text = withoutSilent(written, [between(/\{\{-?\s*\/\*/g, /\*\/\s*-?\}\}/g)])
  const actions = [...text.matchAll(/\{\{-?\s*(\w+)\b((?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^}"`]|\}(?!\})){0,2000})\}\}/g)]
  const tags = actions.flatMap((found): readonly Tag[] => {
    const [whole, name = ''] = found
    const place = { start: found.index, end: found.index + whole.length }
    if (name === 'end') return [{ name: 'block', opens: false, ...place }]
    return /^(if|range|with|define|block)$/.test(name) ? [{ name: 'block', opens: true, ...place }] : []
  })
  return firstFault(tags, () => '{{ end }}') ?? openTag(text, '{{', '}}', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y)
}

/** Is this a template of Go rather than of Jinja or Handlebars? */
export function isGo(text: string): boolean {
  return /\{\{-?\s*(end|range|define|template|with)\b/.test(text) && !/\{%/.test(text) && !/\{\{~?[#/]/.test(text)
}
