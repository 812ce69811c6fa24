import { indexLines, type Span, spanOf } from '../../text/lines.ts'
import type { ReferenceFact } from './index.ts'
import { inventory, zone } from './names.ts'

/** A name in the file that defines it. */
export interface Defined {
  readonly what: ReferenceFact['what']
  readonly name: string
  readonly span: Span
  /** The machine that has this address. */
  readonly owner?: string
}

/** The names that a file defines. */
export function definedIn(path: string, text: string): readonly Defined[] {
  if (path === '.gitmodules')
    return matches(text, /^\s*path\s*=\s*(\S+)/gm, 'module', name => name.slice(name.lastIndexOf('/') + 1))
  if (path.endsWith('.tf')) return [...terraformNames(text), ...instanceKeys(text)]
  if (zone.test(path)) return zoneNames(path, text)
  return inventory.test(path) ? hostsIn(path, text) : []
}

function matches(
  text: string,
  pattern: RegExp,
  what: Defined['what'],
  nameOf: (written: string) => string = name => name,
): readonly Defined[] {
  const lines = indexLines(text)
  return [...text.matchAll(pattern)].flatMap(match => {
    const written = match[1] ?? match[2] ?? ''
    const start = match.index + match[0].lastIndexOf(written)
    return written === '' ? [] : [{ what, name: nameOf(written), span: spanOf(lines, start, start + written.length) }]
  })
}

/** Hosts of an inventory: the first word of a line below a group (INI), or a key below `hosts:` (YAML). Names of one word mean too much. */
function hostsIn(path: string, text: string): readonly Defined[] {
  const found = /\.ya?ml$/.test(path)
    ? matches(
        text,
        /^\s+["']?([a-zA-Z][\w-]*\d[\w.-]*|[\w-]+(?:\.[\w-]+)+|\d{1,3}(?:\.\d{1,3}){3})["']?:\s*(?:\{.*\})?\s*$/gm,
        'host',
      )
    : matches(text, /^([a-zA-Z][\w-]*\d[\w.-]*|[\w-]+(?:\.[\w-]+)+|\d{1,3}(?:\.\d{1,3}){3})(?=\s|$)/gm, 'host')
  const hosts = found.filter(({ name }) => name.length >= 4 && !/^\d+(\.\d+)?$/.test(name))
  // Others ask a machine by its address.
  const addresses = matches(text, /\bansible_(?:ssh_)?host["']?\s*[:=]\s*["']?(\d{1,3}(?:\.\d{1,3}){3})\b/g, 'host')
  const owned = addresses.flatMap(address => {
    const owner = hosts.findLast(({ span }) => span.line <= address.span.line)?.name
    return owner === undefined ? [] : [{ ...address, owner }]
  })
  return [...hosts, ...owned]
}

/** Attributes by which other programs ask for a resource. */
const naming =
  /^\s*(?:name|bucket|queue_name|topic_name|table_name|stream_name|secret_id|function_name|identifier|cluster_identifier|domain_name|dataset_id|topic|subscription|index_name)\s*=\s*"([^"$\n]+)"/
/** Resources that other programs find by their name. */
const foundByName =
  /_(queue|topic|subscription|bucket|table|stream|secret|secretsmanager_secret|parameter|repository|database|index|dataset|function|cache|elasticsearch_domain|opensearch_domain|record|record_set)$/

/** What Terraform makes under a literal name. */
function terraformNames(text: string): readonly Defined[] {
  const lines = indexLines(text)
  const found: Defined[] = []
  let type = ''
  lines.starts.forEach((start, at) => {
    const line = text.slice(start, (lines.starts[at + 1] ?? text.length + 1) - 1)
    type = /^resource\s+"(\w+)"/.exec(line)?.[1] ?? (/^\}/.test(line) ? '' : type)
    const name = naming.exec(line)?.[1]
    if (name === undefined || !foundByName.test(type) || !isDistinct(name)) return
    const from = start + line.indexOf(name)
    found.push({ what: 'resource', name, span: spanOf(lines, from, from + name.length) })
  })
  return found
}

/** Regions and zones of the clouds, which stand in all sorts of places. */
const region =
  /^(us|eu|ap|sa|ca|me|af|il|mx|europe|asia|northamerica|southamerica|australia|africa)-(gov-)?[a-z]+-?\d{1,2}(-?[a-z])?$/

/** Members of a set of names: `for_each` makes one instance of each. Addresses in such sets are no instances. */
function instanceKeys(text: string): readonly Defined[] {
  const lines = indexLines(text)
  return [...text.matchAll(/=\s*toset\(\[([^\][()]{0,5000})\]\)/g)].flatMap(set =>
    [...(set[1] ?? '').matchAll(/"([\w.-]+)"/g)].flatMap((member): readonly Defined[] => {
      const name = member[1] ?? ''
      if (!isDistinct(name) || !/\d/.test(name) || /^[\d.]+$/.test(name) || region.test(name)) return []
      const start = set.index + set[0].indexOf('[') + 1 + member.index + 1
      return [{ what: 'key', name, span: spanOf(lines, start, start + name.length) }]
    }),
  )
}

/** More than one word: a plain word stands everywhere for something else. */
function isDistinct(name: string): boolean {
  return name.length >= 8 && /[a-z0-9][-_./][a-z0-9]/i.test(name)
}

/** Full names of the records of a zone. */
function zoneNames(path: string, text: string): readonly Defined[] {
  const file = path.slice(path.lastIndexOf('/') + 1)
  const origin =
    /^\$ORIGIN\s+(\S+?)\.?\s*$/m.exec(text)?.[1] ?? file.replace(/^db\.|\.(ya?ml|zone|db)$|\.$/g, '').replace(/\.$/, '')
  if (!origin.includes('.')) return []
  const records = /\.ya?ml$/.test(path)
    ? matches(text, /^["']?([\w-]+(?:\.[\w-]+)*)["']?:\s*$/gm, 'record')
    : matches(text, /^([\w-]+(?:\.[\w-]+)*)\s+(?:\d+\w?\s+)?(?:IN\s+)?(?:A|AAAA|CNAME|ALIAS|NS|MX)\s/gm, 'record')
  return records.map(record => ({ ...record, name: `${record.name}.${origin}` }))
}
