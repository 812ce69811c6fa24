import { type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { type Block, entriesOf, written } from './blocks.ts'
import { type Draft, draft } from './draft.ts'
import type { TerraformFact } from './index.ts'

interface Around {
  readonly base: readonly Block[]
  readonly head: readonly Block[]
  /** Unchanged blocks of the same folder. */
  readonly beside: readonly Block[]
}

/** Objects that a cluster makes and that its own parts write to. */
const clusterOwned = /^(kube-system|kube-public|kube-node-lease|default)$/
const clusterMaps = /^(aws-auth|coredns|kube-proxy|kube-root-ca\.crt|extension-apiserver-authentication)$/

/** New resources that own all of something which others write to as well, so that what the others wrote goes. */
export function authoritative({ base, head, beside }: Around): readonly Draft[] {
  const before = new Set(base.map(block => block.address))
  const fresh = new Set(head.map(block => block.address).filter(address => !before.has(address)))
  return head.flatMap((block): readonly Draft[] => {
    if (before.has(block.address)) return []
    const owned = ownedBy(block)
    if (owned !== undefined && (isOfNew(block, fresh) || isRenamed(block, base, head))) return []
    if (owned === undefined) return [...duplicate(block, [...head, ...beside]), ...mixed(block, [...head, ...beside])]
    return [draft(block, 'authoritative', { to: owned.what, attribute: owned.how, loses: owned.loses })]
  })
}

interface Owned {
  readonly what: string
  readonly how: 'whole' | 'role' | 'adopted'
  readonly loses: TerraformFact['loses']
}

const owners =
  /^(policy_arn|(role|user|group)_name|default_(network_acl|route_table)_id|project|folder|org_id|bucket|(crypto_key|key_ring|service_account|dataset|secret)_id|topic|subscription|repository)$/

/** What the change itself creates holds nothing of others yet. */
function isOfNew(block: Block, fresh: ReadonlySet<string>): boolean {
  return entriesOf(block).some(({ key, value }) => {
    if (!owners.test(key) || value.type !== 'scalar' || value.expression === undefined) return false
    const address = /^(?:\$\{)?([a-z]\w*\.[\w-]+)/.exec(value.text)?.[1]
    return address !== undefined && fresh.has(address)
  })
}

/** The same owner under another address takes nothing that its predecessor left. */
function isRenamed(block: Block, base: readonly Block[], head: readonly Block[]): boolean {
  const owns = (other: Block): string =>
    entriesOf(other)
      .filter(({ key }) => owners.test(key))
      .map(({ key, value }) => `${key} ${written(value)}`)
      .join('\n')
  return base.some(
    old =>
      old.type === block.type &&
      old.folder === block.folder &&
      !head.some(({ address, folder }) => address === old.address && folder === old.folder) &&
      owns(old) === owns(block),
  )
}

function ownedBy(block: Block): Owned | undefined {
  const { type, node } = block
  const metadata = first(valueAt(node, 'metadata'))
  const name = textAt(metadata, 'name') ?? ''
  if (/^kubernetes_namespace(_v1)?$/.test(type) && clusterOwned.test(name))
    return { what: `the annotations and labels of the namespace ${name}`, how: 'whole', loses: 'access' }
  if (/^kubernetes_config_map(_v1)?$/.test(type) && clusterMaps.test(name))
    return { what: `all of the config map ${name}`, how: 'whole', loses: 'access' }
  if (/^google_(project|folder|organization)_iam_policy$/.test(type))
    return { what: `every binding of the whole ${type.split('_')[1] ?? ''}`, how: 'whole', loses: 'access' }
  if (
    /^google_(storage_bucket|kms_\w+|service_account|bigquery_dataset|secret_manager_secret|pubsub_\w+|artifact_registry_repository)_iam_policy$/.test(
      type,
    )
  )
    return { what: 'every binding of the resource', how: 'role', loses: 'access' }
  if (/^google_(project|folder|organization)_iam_binding$/.test(type))
    return { what: `all members of ${textAt(node, 'role') ?? 'the role'}`, how: 'role', loses: 'access' }
  if (type === 'aws_iam_policy_attachment')
    return {
      what: 'every attachment of the policy in the account',
      // Many attach what AWS provides; a policy of one's own is mostly attached where it is made.
      how: /:aws:policy\//.test(textAt(node, 'policy_arn') ?? '') ? 'whole' : 'role',
      loses: 'access',
    }
  if (/^aws_iam_(role|user|group)_polic(ies|y_attachments)_exclusive$/.test(type))
    return { what: `every policy of the ${type.split('_')[2]}`, how: 'role', loses: 'access' }
  if (/^aws_default_(network_acl|route_table)$/.test(type))
    return {
      what: `every rule of the VPC's default ${type.replace('aws_default_', '').replaceAll('_', ' ')}`,
      how: 'adopted',
      loses: 'network',
    }
  return undefined
}

function first(node: Plain | undefined): Plain | undefined {
  return node?.type === 'list' ? node.items[0] : node
}

/** Resources of which a thing outside has only one: a second one overwrites the first at every apply. */
const single: Readonly<Record<string, readonly string[]>> = {
  aws_s3_bucket_policy: ['bucket'],
  aws_s3_bucket_notification: ['bucket'],
  aws_s3_bucket_lifecycle_configuration: ['bucket'],
  aws_s3_bucket_public_access_block: ['bucket'],
  aws_s3_bucket_cors_configuration: ['bucket'],
  aws_sns_topic_policy: ['arn'],
  aws_sqs_queue_policy: ['queue_url'],
  aws_kms_key_policy: ['key_id'],
  aws_secretsmanager_secret_policy: ['secret_arn'],
  aws_ecr_repository_policy: ['repository'],
  aws_ecr_lifecycle_policy: ['repository'],
  aws_lb_listener: ['load_balancer_arn', 'port'],
  aws_main_route_table_association: ['vpc_id'],
  aws_route_table_association: ['subnet_id'],
  aws_iam_account_password_policy: [],
  google_project_iam_policy: ['project'],
}

function duplicate(block: Block, all: readonly Block[]): readonly Draft[] {
  const keys = single[block.type]
  if (keys === undefined || changes(block)) return []
  const identity = identityOf(block, keys)
  if (identity === undefined) return []
  const other = all.find(
    candidate =>
      candidate.address !== block.address &&
      candidate.type === block.type &&
      candidate.folder === block.folder &&
      !changes(candidate) &&
      identityOf(candidate, keys) === identity,
  )
  return other
    ? [draft(block, 'duplicate', { others: [other.address], from: other.address, to: shownKeys(block, keys) })]
    : []
}

/** Made several times or not at all, so that two blocks need not both be there. */
function changes(block: Block): boolean {
  return valueAt(block.node, 'count') !== undefined || valueAt(block.node, 'for_each') !== undefined
}

function identityOf(block: Block, keys: readonly string[]): string | undefined {
  const values = keys.map(key => valueAt(block.node, key))
  return values.some(value => value === undefined)
    ? undefined
    : values
        .map(written)
        .join(' ')
        .replaceAll(/\.(id|bucket|arn)"/g, '"')
}

function shownKeys(block: Block, keys: readonly string[]): string {
  return keys.map(key => written(valueAt(block.node, key)).replaceAll('"', '')).join(' ')
}

const rulesApart: readonly (readonly [RegExp, string, string, readonly string[]])[] = [
  [
    /^(aws_security_group_rule|aws_vpc_security_group_(ingress|egress)_rule)$/,
    'security_group_id',
    'aws_security_group',
    ['ingress', 'egress'],
  ],
  [/^aws_route$/, 'route_table_id', 'aws_route_table', ['route']],
  [/^aws_network_acl_rule$/, 'network_acl_id', 'aws_network_acl', ['ingress', 'egress']],
]

/** A separate rule for a thing that lists its rules inline: the next apply of the inline list removes the rule. */
function mixed(block: Block, all: readonly Block[]): readonly Draft[] {
  for (const [pattern, key, type, inline] of rulesApart) {
    if (!pattern.test(block.type)) continue
    const reference = valueAt(block.node, key)
    const address = reference?.type === 'scalar' ? /\b(aws_\w+\.[\w-]+)/.exec(reference.text)?.[1] : undefined
    const owner = all.find(other => other.folder === block.folder && other.type === type && other.address === address)
    if (owner === undefined || /ignore_changes/.test(written(valueAt(owner.node, 'lifecycle')))) continue
    const wanted =
      /ingress/.test(block.type) || textAt(block.node, 'type') === 'ingress' ? ['ingress', 'route'] : inline
    if (entriesOf(owner).some(entry => inline.includes(entry.key) && wanted.includes(entry.key)))
      return [draft(block, 'mixed', { others: [owner.address], to: owner.address, loses: 'network' })]
  }
  return []
}

/** Resources that only join two others. */
const connections =
  /^(aws_(autoscaling_attachment|autoscaling_traffic_source_attachment|(lb|alb)_target_group_attachment|route_table_association|main_route_table_association|route|volume_attachment|network_interface_sg_attachment|vpn_gateway_attachment|internet_gateway_attachment|ec2_transit_gateway_(route|route_table_association|route_table_propagation|vpc_attachment)|vpc_peering_connection(_accepter|_options)?|eip_association|route53_zone_association|lb_listener_certificate|wafv2_web_acl_association|efs_mount_target|iam_role_policy_attachment|iam_user_policy_attachment|iam_group_membership|lambda_permission|lambda_event_source_mapping|sns_topic_subscription|cloudwatch_event_target|acm_certificate_validation|nat_gateway|internet_gateway)|google_(compute_(network_peering|route|router_nat|instance_group_membership)|project_iam_member|service_account_iam_member)|azurerm_(subnet_(route_table|network_security_group|nat_gateway)_association|virtual_network_peering|role_assignment|network_interface_backend_address_pool_association|lb_rule|route)|azuread_group(_member)?|digitalocean_(volume_attachment|firewall)|hcloud_(server_network|volume_attachment|load_balancer_target|firewall_attachment)|github_(team_membership|team_repository|membership))$/

/** Connections that go while something they join stays, and nothing of their type comes in their place. */
export function disconnected({ base, head, beside }: Around): readonly Draft[] {
  const now = new Set([...head, ...beside].map(block => `${block.folder} ${block.address}`))
  const before = new Set(base.map(block => `${block.folder} ${block.address}`))
  const come = head
    .filter(block => !before.has(`${block.folder} ${block.address}`))
    .map(block => `${block.folder} ${block.type}`)
  const moved = new Set(
    head
      .filter(block => /^(moved|removed)$/.test(block.type))
      .flatMap(block => entriesOf(block).map(entry => (entry.value.type === 'scalar' ? entry.value.text : ''))),
  )
  return base.flatMap((block): readonly Draft[] => {
    if (!connections.test(block.type) || now.has(`${block.folder} ${block.address}`) || moved.has(block.address))
      return []
    if (come.includes(`${block.folder} ${block.type}`) || replacedBy(block, come)) return []
    const ends = [
      ...new Set(
        [
          ...written(block.node).matchAll(
            /\b((?:(?:aws|google|azurerm|azuread|digitalocean|hcloud|github)_[a-z0-9_]+|module)\.[\w-]+)/g,
          ),
        ].map(match => match[1] ?? ''),
      ),
    ]
    const staying = ends.filter(end => now.has(`${block.folder} ${end}`))
    // All that it joined goes too, or nothing of it is known here: a part being taken down.
    if (ends.length === 0 || staying.length < ends.length) return []
    return [
      draft(block, 'disconnected', {
        others: staying,
        loses: /route|peering|gateway|association|subnet/.test(block.type)
          ? 'network'
          : /iam|group|member|role|permission/.test(block.type)
            ? 'access'
            : 'endpoint',
      }),
    ]
  })
}

function replacedBy(block: Block, come: readonly string[]): boolean {
  const successor: Readonly<Record<string, RegExp>> = {
    aws_autoscaling_attachment: /aws_autoscaling_traffic_source_attachment|aws_autoscaling_group$/,
    aws_iam_role_policy_attachment: /aws_iam_role_policy(_attachments_exclusive)?$|aws_iam_policy_attachment$/,
    aws_alb_target_group_attachment: /aws_lb_target_group_attachment/,
    aws_route: /aws_route_table$/,
  }
  return come.some(type => type.startsWith(block.folder) && successor[block.type]?.test(type) === true)
}

/** Is there anything that only the unchanged files of the folder can decide? */
export function needsBeside({ base, head }: Pick<Around, 'base' | 'head'>): boolean {
  const [before, after] = [new Set(base.map(block => block.address)), new Set(head.map(block => block.address))]
  const joins = (block: Block): boolean =>
    block.type in single || rulesApart.some(([pattern]) => pattern.test(block.type))
  return (
    head.some(block => !before.has(block.address) && joins(block)) ||
    base.some(block => !after.has(block.address) && connections.test(block.type))
  )
}
