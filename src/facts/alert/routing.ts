import { classifyPath } from '../../artifact/classify.ts'
import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Language, Source } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'
import { joined, mapsOf } from './documents.ts'
import { secondsOf } from './duration.ts'

/** One node of Alertmanager's tree of routes, with what it inherits. */
export interface Route {
  /** Matchers from the root to here: the same route at base and head. */
  readonly id: string
  readonly matchers: readonly string[]
  readonly receiver: string
  readonly groupBy: readonly string[]
  readonly repeatSeconds: number | undefined
  readonly receiverSpan?: Span
  readonly groupSpan?: Span
  readonly repeatSpan?: Span
  readonly routes: readonly Route[]
  readonly goesOn: boolean
}

export interface Routing {
  readonly path: string
  readonly root: Route
  readonly receivers: readonly { readonly name: string; readonly empty: boolean; readonly span: Span }[]
}

/** Alertmanager's own default. */
const defaultRepeat = 4 * 3600

/** The Alertmanager configurations of a file: the plain file, values of a chart, a ConfigMap, an AlertmanagerConfig. */
export async function routingsOf(source: Source, language: Language): Promise<readonly Routing[]> {
  const maps = await mapsOf(source, language)
  return maps.flatMap(({ node, place }) => {
    const route = valueAt(node, 'route')
    const receivers = valueAt(node, 'receivers')
    if (route?.type !== 'map' || receivers?.type !== 'list') return []
    if (entryOf(route, 'receiver') === undefined && entryOf(route, 'routes') === undefined) return []
    return [
      {
        path: source.path,
        root: routeOf(route, place, undefined, 0),
        receivers: receivers.items.flatMap(item => {
          const name = entryOf(item, 'name')
          if (item.type !== 'map' || name?.value.type !== 'scalar') return []
          const empty = item.entries.every(
            ({ key, value }) => key === 'name' || (value.type === 'list' && value.items.length === 0),
          )
          return [{ name: name.value.text, empty, span: place(joined(name.keySpan, name.value.span)) }]
        }),
      },
    ]
  })
}

function routeOf(node: Plain, place: (span: Span) => Span, parent: Route | undefined, depth: number): Route {
  const receiver = entryOf(node, 'receiver')
  const group = entryOf(node, 'group_by') ?? entryOf(node, 'groupBy')
  const repeat = entryOf(node, 'repeat_interval') ?? entryOf(node, 'repeatInterval')
  const matchers = matchersOf(node)
  const repeatText = repeat?.value.type === 'scalar' ? repeat.value.text : undefined
  const route: Route = {
    id: `${parent?.id ?? ''}/${matchers.join(',')}`,
    matchers,
    receiver: receiver?.value.type === 'scalar' ? receiver.value.text : (parent?.receiver ?? ''),
    groupBy: group ? textsOf(group.value) : (parent?.groupBy ?? []),
    repeatSeconds: repeatText === undefined ? (parent?.repeatSeconds ?? defaultRepeat) : secondsOf(repeatText),
    ...(receiver ? { receiverSpan: place(joined(receiver.keySpan, receiver.value.span)) } : {}),
    ...(group ? { groupSpan: place(joined(group.keySpan, group.value.span)) } : {}),
    ...(repeat ? { repeatSpan: place(joined(repeat.keySpan, repeat.value.span)) } : {}),
    routes: [],
    goesOn: textAt(node, 'continue') === 'true',
  }
  const children = valueAt(node, 'routes')
  if (children?.type !== 'list' || depth > 10) return route
  return { ...route, routes: children.items.map(child => routeOf(child, place, route, depth + 1)) }
}

function matchersOf(node: Plain): readonly string[] {
  const plain = (key: string, sign: string) => {
    const map = valueAt(node, key)
    if (map?.type !== 'map') return []
    return map.entries.flatMap(entry =>
      entry.value.type === 'scalar' ? [`${entry.key}${sign}${entry.value.text}`] : [],
    )
  }
  const list = valueAt(node, 'matchers')
  const written =
    list?.type !== 'list'
      ? []
      : list.items.flatMap(item => {
          if (item.type === 'scalar') return [item.text.replace(/["'\s]/g, '')]
          const [name, value] = [textAt(item, 'name'), textAt(item, 'value')]
          const sign = textAt(item, 'matchType') ?? (textAt(item, 'regex') === 'true' ? '=~' : '=')
          return name === undefined || value === undefined ? [] : [`${name}${sign}${value}`]
        })
  return [...plain('match', '='), ...plain('match_re', '=~'), ...written]
}

function textsOf(node: Plain): readonly string[] {
  if (node.type === 'scalar') return node.value === null ? [] : [node.text]
  return node.type === 'list' ? node.items.flatMap(item => (item.type === 'scalar' ? [item.text] : [])) : []
}

/** The route that an alert with these labels takes: the deepest first match. */
export function routeFor(route: Route, labels: Readonly<Record<string, string>>): Route {
  for (const child of route.routes) {
    if (child.matchers.every(matcher => matches(matcher, labels)) && !child.goesOn) return routeFor(child, labels)
  }
  return route
}

function matches(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name = '', sign = '', value = ''] = /^([\w.]+)(=~|!~|!=|=)(.*)$/.exec(matcher) ?? []
  const label = labels[name]
  if (sign === '!=') return label !== value
  if (label === undefined) return false
  if (sign === '=') return label === value
  // Alternatives with `.*` are all that people write here; a real regular expression from a file could run for ever.
  const found = value
    .replace(/^\((.*)\)$/, '$1')
    .split('|')
    .some(choice => {
      const [start = '', ...rest] = choice.split(/\.[*+]/)
      return rest.length === 0 ? label === start : label.startsWith(start) && label.endsWith(rest.at(-1) ?? '')
    })
  return found === (sign === '=~')
}

/** Does every firing instance send a notification of its own? */
export function isUngrouped(groupBy: readonly string[]): boolean {
  return groupBy.some(
    label => label === '...' || /^(instance|pod|host|hostname|node|device|mountpoint|container|ip)$/.test(label),
  )
}

/** All routes of a tree. */
export function allRoutes(route: Route): readonly Route[] {
  return [route, ...route.routes.flatMap(allRoutes)]
}

/** Most files that are read in search of the routing. */
const mostFiles = 20

/** The Alertmanager configuration nearest to a file of rules. */
export async function nearestRouting(tree: Tree, path: string): Promise<Routing | undefined> {
  const paths = (await tree.list()).filter(
    candidate =>
      /alert-?manager|alerting|(prometheus|monitoring)[^/]*values|values[^/]*(prometheus|monitoring)/i.test(
        candidate,
      ) && /\.ya?ml$/.test(candidate),
  )
  const byDistance = [...paths].sort((a, b) => shared(b, path) - shared(a, path)).slice(0, mostFiles)
  for (const candidate of byDistance) {
    const by = classifyPath(candidate)
    if (by === undefined || by.role !== 'live') continue
    const text = await tree.read(candidate)
    if (text === undefined || !/\breceiver\b/.test(text)) continue
    const [routing] = await routingsOf(sourceOf(candidate, 'head', text), by.language)
    if (routing) return routing
  }
  return undefined
}

/** How many leading folders two paths have in common. */
export function shared(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  let count = 0
  while (count < left.length && left[count] === right[count]) count++
  return count
}
