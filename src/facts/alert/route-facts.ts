import type { Artifact } from '../../artifact/types.ts'
import type { Span } from '../../text/lines.ts'
import { quiet } from './fact.ts'
import type { AlertFact } from './index.ts'
import { allRoutes, isUngrouped, type Route, type Routing, routingsOf } from './routing.ts'

/** What the change does to routes and receivers of Alertmanager. */
export async function routeFacts(artifact: Artifact): Promise<readonly AlertFact[]> {
  if (artifact.head === undefined || artifact.language === 'hcl') return []
  const [after] = await routingsOf(artifact.head, artifact.language)
  if (after === undefined) return []
  const [before] = artifact.base === undefined ? [] : await routingsOf(artifact.base, artifact.language)
  const known = new Map(before && allRoutes(before.root).map(route => [route.id, route]))
  return allRoutes(after.root).flatMap(route => {
    const old = known.get(route.id)
    return [
      ...pace(artifact, route, old),
      ...target(artifact, route, old, after, before),
      ...(old === undefined ? [] : hiding(artifact, route, old)),
    ]
  })
}

/** Routes below this one that now stand before others, match all of their alerts and do not pass them on. */
function hiding(artifact: Artifact, parent: Route, old: Route): readonly AlertFact[] {
  const place = new Map(old.routes.map((route, at) => [route.id, at]))
  const hides = (wide: Route, narrow: Route) =>
    !wide.goesOn && wide.routes.length === 0 && wide.matchers.every(matcher => admits(matcher, narrow.matchers))
  return parent.routes.flatMap((route, at) => {
    const was = place.get(route.id)
    const before = was === undefined ? undefined : old.routes[was]
    const hidden = parent.routes.slice(at + 1).filter(later => {
      const stood = place.get(later.id)
      if (stood === undefined || later.id === route.id || later.receiver === route.receiver) return false
      return hides(route, later) && !(before && was !== undefined && was < stood && hides(before, later))
    })
    const [first] = hidden
    if (first === undefined || route.receiverSpan === undefined) return []
    const more = hidden.length === 1 ? '' : ` and ${hidden.length - 1} more`
    return [
      {
        ...factOf(artifact, route, before, route.receiverSpan),
        name: route.matchers.length === 0 ? 'a route for every alert' : nameOf(route),
        problem: 'hides-routes' as const,
        why: `${nameOf(first)} (to \`${first.receiver}\`)${more}`,
      },
    ]
  })
}

/** Does a matcher let through all that a route with these matchers takes, but for single alerts by name? */
function admits(matcher: string, narrow: readonly string[]): boolean {
  if (narrow.includes(matcher) || /^(\w+=~\.\*|alertname(=~\.\+|!=.*|!~[\w|]*))$/.test(matcher)) return true
  const [, label, value] = /^(\w+)!=(.*)$/.exec(matcher) ?? []
  return (
    label !== undefined &&
    narrow.some(other => other.startsWith(`${label}=`) && !/^\w+=~/.test(other) && other !== `${label}=${value}`)
  )
}

function nameOf({ matchers }: Route): string {
  return matchers.length === 0 ? 'the default route' : `the route for ${matchers.join(', ')}`
}

/** How notifications are grouped and repeated, where this route itself changes it. */
function pace(artifact: Artifact, route: Route, old: Route | undefined): readonly AlertFact[] {
  const regrouped = old?.groupBy.join() !== route.groupBy.join() && route.groupSpan !== undefined
  const repeated = old?.repeatSeconds !== route.repeatSeconds && route.repeatSpan !== undefined
  if (!regrouped && !repeated) return []
  const span = regrouped ? route.groupSpan : route.repeatSpan
  return span === undefined ? [] : [factOf(artifact, route, old, span)]
}

/** A receiver that does not exist, or that no longer sends anything. */
function target(
  artifact: Artifact,
  route: Route,
  old: Route | undefined,
  after: Routing,
  before: Routing | undefined,
): readonly AlertFact[] {
  const span = route.receiverSpan
  if (span === undefined) return []
  const receiver = after.receivers.find(({ name }) => name === route.receiver)
  const wasThere = before?.receivers.find(({ name }) => name === old?.receiver)
  if (receiver === undefined) {
    const wasDangling = old !== undefined && old.receiver === route.receiver && wasThere === undefined
    return wasDangling ? [] : [{ ...factOf(artifact, route, old, span), problem: 'unknown-receiver' }]
  }
  // A route by a matcher to nowhere is how noise is silenced; the default route to nowhere silences everything.
  const silenced = receiver.empty && wasThere?.empty === false
  return silenced ? [{ ...factOf(artifact, route, old, span), problem: 'empty-receiver' }] : []
}

function factOf(artifact: Artifact, route: Route, old: Route | undefined, span: Span): AlertFact {
  return {
    ...quiet,
    kind: 'alert',
    what: 'route',
    path: artifact.path,
    side: 'head',
    span,
    change: old === undefined ? 'added' : 'changed',
    name: nameOf(route),
    source: 'alertmanager',
    routed: true,
    receiver: route.receiver,
    groupBy: route.groupBy,
    ungrouped: isUngrouped(route.groupBy),
    baseUngrouped: isUngrouped(old?.groupBy ?? []),
    ...(route.repeatSeconds === undefined ? {} : { repeatSeconds: route.repeatSeconds }),
    ...(old?.repeatSeconds === undefined ? {} : { baseRepeatSeconds: old.repeatSeconds }),
  }
}
