import { describe, expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory, type MemoryFile } from '../../../src/change/memory.ts'
import { extractValues } from '../../../src/facts/value/extract.ts'
import type { ValueFact } from '../../../src/facts/value/index.ts'
import { config } from '../read.ts'

/** `change kind name path base -> head @line`, of what stands inside another configuration. */
async function inside(kind: RegExp, ...files: readonly MemoryFile[]): Promise<readonly string[]> {
  const change = changeInMemory({ files })
  const { artifacts } = await loadArtifacts(change, config)
  const { facts } = await extractValues({ change, artifacts, config, now: new Date(0) }, artifacts)
  const found: readonly ValueFact[] = facts
  return found
    .filter(({ place }) => kind.test(place.kind))
    .map(
      ({ change: what, place, baseText, headText, span }) =>
        `${what} ${place.kind} ${place.name} ${place.path} ${baseText}>${headText} :${span.line}`,
    )
}

describe('a kustomization', () => {
  test('replicas and JSON operations are parts of the object they are for', async () => {
    const text = (count: number, value: number) => `resources: [../base]
replicas:
  - name: worker
    count: ${count}
patches:
  - target: { kind: HorizontalPodAutoscaler, name: api }
    patch: |-
      - op: replace
        path: /spec/minReplicas
        value: 2
      - op: replace
        path: /spec/maxReplicas
        value: ${value}
`
    const file = { path: 'k8s/prod/kustomization.yaml', base: text(9, 40), head: text(3, 10) }
    expect(await inside(/Deployment|Autoscaler/, file)).toEqual([
      'changed k8s/Deployment Deployment worker spec.replicas 9>3 :4',
      'changed k8s/HorizontalPodAutoscaler HorizontalPodAutoscaler api spec.maxReplicas 40>10 :13',
    ])
  })

  test('a strategic patch says its own kind', async () => {
    const text = (value: string) => `patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: api
      spec:
        strategy:
          rollingUpdate:
            maxUnavailable: ${value}
`
    const file = { path: 'kustomization.yaml', base: text('25%'), head: text('100%') }
    expect(await inside(/Deployment/, file)).toEqual([
      'changed k8s/Deployment Deployment api spec.strategy.rollingUpdate.maxUnavailable 25%>100% :10',
    ])
  })

  test('a patch that goes does not take its object with it', async () => {
    const head = 'resources: [../base]\n'
    const base = `${head}replicas:\n  - name: worker\n    count: 3\n`
    expect(await inside(/Deployment/, { path: 'kustomization.yaml', base, head })).toEqual([])
  })
})

describe('a file in a ConfigMap', () => {
  test('is read as what its name says, at its lines', async () => {
    const text = (size: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: redis
data:
  note: plain
  redis.conf: |
    port 6379
    maxmemory ${size}
`
    const file = { path: 'k8s/redis.yaml', base: text('4gb'), head: text('1gb') }
    expect(await inside(/^ini$/, file)).toEqual(['changed ini redis.conf maxmemory 4gb>1gb :9'])
  })
})

describe('an Argo CD application', () => {
  test('gives values to its chart as text and as parameters', async () => {
    const text = (count: number) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
spec:
  source:
    helm:
      parameters:
        - name: worker.replicaCount
          value: "${count}"
      values: |
        web:
          replicaCount: ${count}
`
    const file = { path: 'apps/web.yaml', base: text(8), head: text(2) }
    expect(await inside(/^helm-values$/, file)).toEqual([
      'changed helm-values values of web worker.replicaCount 8>2 :10',
      'changed helm-values values of web web.replicaCount 8>2 :13',
    ])
  })
})

test('a Helm release of Terraform gives values as a heredoc', async () => {
  const text = (count: number) => `resource "helm_release" "web" {
  name = "web"
  values = [
    <<-EOT
      web:
        replicaCount: ${count}
    EOT
  ]
}
`
  const file = { path: 'prod/web.tf', base: text(8), head: text(2) }
  expect(await inside(/^helm-values$/, file)).toEqual(['changed helm-values values of web web.replicaCount 8>2 :6'])
})

test('a file with very many texts inside is compared as far as there is room, and says so', async () => {
  const file = (count: number): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: many }\ndata:\n${Array.from({ length: 20_000 }, (_, at) => `  f${at}.yaml: |\n    workers: ${count}\n`).join('')}`
  const change = changeInMemory({ files: [{ path: 'k8s/many.yml', base: file(4), head: file(5) }] })
  const { artifacts } = await loadArtifacts(change, config)
  const { notAnalysed } = await extractValues({ change, artifacts, config, now: new Date(0) }, artifacts)
  expect(notAnalysed).toMatchObject([{ path: 'k8s/many.yml', reason: expect.stringContaining('300 configurations') }])
})
