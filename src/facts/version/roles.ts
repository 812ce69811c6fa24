import type { VersionFact } from './index.ts'

/** What a component does for everything else, by the last part of its name. First match wins. */
const roles: readonly (readonly [RegExp, VersionFact['role']])[] = [
  [
    /(^|[/_-])(exporter|backup|ui|admin|client|proxy-ui|insight|commander|express|web)$|exporter|adminer|pgadmin|-ui\b|dashboard/,
    'other',
  ],
  [
    /(^|[/_-])(postgres(ql)?(-ha)?|pgvector|postgis|timescaledb(-ha)?|mysql|mariadb(-galera)?|percona\w*|mongo(db)?|elasticsearch|opensearch|cassandra|scylla(db)?|clickhouse(-server)?|neo4j|couchdb|influxdb|cockroach(db)?|etcd|solr|meilisearch|qdrant|weaviate|cloudnative-pg|zalando-postgres-operator|spilo(-\d+)?|edb|vitess|tidb)$/,
    'database',
  ],
  [/(^|[/_-])(kafka|cp-kafka|rabbitmq|nats|pulsar|activemq|zookeeper|redpanda|strimzi-kafka-operator|emqx)$/, 'queue'],
  [/(^|[/_-])(redis|valkey|keydb|dragonfly|memcached)$/, 'cache'],
  [
    /(^|[/_-])(ingress-nginx|nginx-ingress|nginx-ingress-controller|traefik|haproxy|haproxy-ingress|kong|envoy|contour|envoy-gateway|aws-load-balancer-controller|aws-alb-ingress-controller|metallb|nginx|caddy|varnish|apisix)$|ingress-nginx[/_-]controller$/,
    'ingress',
  ],
  [
    /(^|[/_-])(istio|istiod|istio-base|linkerd(-control-plane|2)?|cilium|calico|tigera-operator|flannel|consul|consul-k8s|aws-vpc-cni)$/,
    'mesh',
  ],
  [/(^|[/_-])(coredns|external-dns|pihole|powerdns|node-local-dns|kube-dns)$/, 'dns'],
  [/(^|[/_-])(cert-manager)$/, 'certificates'],
  [/(^|[/_-])(vault|external-secrets|sealed-secrets|secrets-store-csi-driver)$/, 'secrets'],
  [
    /(^|[/_-])(rook-ceph(-cluster)?|longhorn|openebs|aws-ebs-csi-driver|aws-efs-csi-driver|minio|ceph|democratic-csi|velero)$/,
    'storage',
  ],
  [/(^|[/_-])(argo-cd|argocd|flux2?|crossplane|argo-rollouts|keda|cluster-autoscaler|karpenter)$/, 'gitops'],
  [
    /(^|[/_-])(fluent-bit|fluentd|fluentd-kubernetes-daemonset|vector|promtail|filebeat|logstash|node-exporter|datadog|newrelic-infrastructure)$|(^|\/)datadog\/agent$/,
    'agent',
  ],
  [/(^|[/_-])(kyverno|gatekeeper|opa|admission-\w+|kube-webhook\w*)$/, 'webhooks'],
]

export function roleOfComponent(name: string): VersionFact['role'] {
  const plain = name.toLowerCase().replace(/\[[^\]]*\]/g, '')
  return roles.find(([pattern]) => pattern.test(plain))?.[1] ?? 'other'
}

/** Role of the store behind a Terraform or CloudFormation resource with an engine version. */
export function roleOfResource(type: string): VersionFact['role'] {
  if (/eks|container_cluster|kubernetes_cluster|kops|gke|aks/i.test(type)) return 'other'
  if (/elasticache|memorydb|redis|CacheCluster|ReplicationGroup/i.test(type)) return 'cache'
  if (/mq_broker|msk|kafka|AmazonMQ|rabbit/i.test(type)) return 'queue'
  return 'database'
}
