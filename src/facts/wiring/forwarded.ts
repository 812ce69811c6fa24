import { jsonOf, type Plain, valueAt } from '../../artifact/plain.ts'
import { type Draft, titleOf } from './draft.ts'
import { isWorkload, type Manifest, type Manifests, sameObject, together } from './objects.ts'
import { choosesPodsOf } from './selectors.ts'

/** A new Traefik behind a load balancer that ends the connection, without a word on whose forwarded headers it trusts: it replaces them. */
export function forwardedDrafts({ base, head }: Manifests): readonly Draft[] {
  return head.flatMap((object): readonly Draft[] => {
    if (!object.changed || !isWorkload(object) || base.some(other => sameObject(other, object))) return []
    const given = argumentsOf(object)
    const entry = given.find(text => /^--entry-?points\.\w+\.address=/i.test(text))
    if (
      entry === undefined ||
      given.some(text => /forwardedheaders\.|proxyprotocol\.|--configfile|--configuration/i.test(text))
    )
      return []
    const balancer = head.find(other => leadsTo(other, object, head))
    if (balancer === undefined) return []
    const at = spanOf(object, entry)
    return [
      {
        what: 'forwarded-headers',
        name: titleOf(object),
        target: titleOf(balancer),
        field: 'spec.template.spec.containers',
        held: false,
        places: [balancer.path],
        from: object,
        ...(at === undefined ? {} : { at }),
      },
    ]
  })
}

function containersOf({ node }: Manifest): readonly Plain[] {
  const list = valueAt(node, 'spec', 'template', 'spec', 'containers')
  return list?.type === 'list' ? list.items : []
}

function argumentsOf(object: Manifest): readonly string[] {
  return containersOf(object).flatMap(container =>
    ['command', 'args'].flatMap(key => {
      const list = valueAt(container, key)
      return list?.type === 'list' ? list.items.flatMap(item => (item.type === 'scalar' ? [item.text] : [])) : []
    }),
  )
}

function spanOf(object: Manifest, text: string): Plain['span'] | undefined {
  for (const container of containersOf(object))
    for (const key of ['command', 'args']) {
      const list = valueAt(container, key)
      const found =
        list?.type === 'list' ? list.items.find(item => item.type === 'scalar' && item.text === text) : undefined
      if (found) return found.span
    }
  return undefined
}

/** An Ingress of a cloud's load balancer, which ends the callers' connections itself, in front of the workload. */
function leadsTo(ingress: Manifest, workload: Manifest, all: readonly Manifest[]): boolean {
  if (ingress.kind !== 'Ingress' || !together(ingress, workload)) return false
  const text = JSON.stringify(jsonOf(ingress.node, 12))
  if (
    !/alb\.ingress\.kubernetes\.io\/|"kubernetes\.io\/ingress\.class":"(alb|gce|azure\/application-gateway)"|"ingressClassName":"(alb|gce)"/.test(
      text,
    )
  )
    return false
  const names = [...text.matchAll(/"serviceName":"([^"]+)"|"service":\{"name":"([^"]+)"/g)].map(
    found => found[1] ?? found[2],
  )
  return names.some(
    name =>
      name === workload.name ||
      all.some(other => other.kind === 'Service' && other.name === name && choosesPodsOf(other, workload)),
  )
}
