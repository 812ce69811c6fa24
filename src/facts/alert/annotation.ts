/** Variables that Prometheus sets in every template. Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ */
const known: ReadonlySet<string> = new Set(['labels', 'externalLabels', 'externalURL', 'value'])

/** Text in which `{{` is written for another template engine that comes first. */
const escaped = /\{%|\{\{\s*[`'"]|\{\{-?\s*\/\*|\{\{\s*printf|<%|\{\{`/

/** Why Prometheus cannot read the template of a label or an annotation; undefined when it can, or when another engine runs first. */
export function problemOfTemplate(text: string): string | undefined {
  if (!text.includes('{{') || escaped.test(text) || /\{\{-?\s*\.?(Values|Release|Chart|include|tpl)\b/.test(text))
    return undefined
  const actions = [...text.matchAll(/\{\{(.*?)\}\}/gs)].map(match => match[1] ?? '')
  if ((text.match(/\{\{/g) ?? []).length > actions.length) return 'a `{{` is never closed'
  const set = new Set(known)
  for (const action of actions) {
    const plain = action.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""')
    for (const [, name = ''] of plain.matchAll(/\$(\w+)\s*(?:,\s*\$\w+\s*)?:?=/g)) set.add(name)
    for (const [, name = ''] of plain.matchAll(/,\s*\$(\w+)\s*:=/g)) set.add(name)
    const unknown = [...plain.matchAll(/\$(\w+)/g)].map(match => match[1] ?? '').find(name => !set.has(name))
    if (unknown !== undefined)
      return `there is no variable \`$${unknown}\` in templates${unknown === 'label' ? ' (it is `$labels`)' : ''}`
  }
  return undefined
}

/** Does a label change with every evaluation, so that each one is a new alert? */
export function holdsValue(text: string): boolean {
  return /\{\{[^}]*(\$value\b|\.Value\b)/.test(text)
}
