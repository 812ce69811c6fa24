import { flag, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const wiringFields = {
  what: word(
    [
      'selector',
      'template',
      'port',
      'monitored-port',
      'quota',
      'backend',
      'target',
      'budget',
      'autoscaled',
      'resource',
      'pruned',
      'probe',
      'no-dns',
      'parameter',
      'local-traffic',
      'forwarded-headers',
      'probe-handler',
    ],
    'A Service or budget whose selector matches no workload any more; a workload whose selector does not match its own template; a port that nothing has; a port that a ServiceMonitor asks for and the Services no longer have; a quota into which the workloads of its namespace no longer fit; a route to a Service that is gone; an autoscaler or binding whose workload is gone; a budget that no pod may be missing from; a number of instances beside an autoscaler; a file that a kustomization names and that is gone; an entry of a kustomization that is gone while its file stays; a liveness probe that asks the same as the readiness probe, and did not before; a policy that is the first to hold back what its pods send and lets no questions for names out; a parameter of an ApplicationSet that its generators do not give; a Service that from now on answers only on nodes with a pod of its own, which not every node has; a new proxy behind a load balancer that does not say whose forwarded headers it trusts; one, new or with another address, that code of this repository answers by asking another system (`places`).',
  ),
  name: text('The object that refers to another: `Service web`, or the kustomization.'),
  target: text('What it refers to: labels, a port, a name, a file, a parameter.'),
  field: text('Path of the reference inside the object: `spec.selector`.'),
  held: flag('At base the reference led somewhere, so the change broke it.'),
  places: texts('Files that hold the other end, at most five.'),
  kinds: texts('`pruned`: kinds of the objects in the file that is no longer applied.'),
}

/** A reference between Kubernetes objects (or from a kustomization to a file) that no longer holds after the change. */
export type WiringFact = FactOf<'wiring', typeof wiringFields>

export const wiringKind = {
  name: 'wiring',
  doc: 'A reference between Kubernetes objects, or from a kustomization to a file, that does not hold after the change.',
  fields: wiringFields,
  wants: artifact => artifact.role === 'live' && artifact.kind === 'k8s',
  load: async () => (await import('./extract.ts')).extractWiring,
} satisfies FactKind
