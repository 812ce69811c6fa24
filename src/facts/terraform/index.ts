import { flag, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

/** What is lost while, or because, a resource is destroyed and created again. */
export const losses = ['data', 'network', 'nodes', 'endpoint', 'credentials', 'access', 'little'] as const

export const terraformFields = {
  change: word(
    [
      'renamed',
      'rekeyed',
      'replaced',
      'authoritative',
      'duplicate',
      'mixed',
      'disconnected',
      'state',
      'shared-state',
      'provider',
      'rerun',
      'guarded',
      'pinned',
      'outgrown',
      'absorbed',
    ],
    'Another address without a `moved` block; keys of `for_each` that go; an attribute that cannot change in place; a new resource that owns what others write too; one that is defined twice; one kind of rule beside its other form; a connection removed while both ends stay; another place for the state; a state that another folder uses already; another region or account; a command that runs again because a value it is triggered by changes; an entry point that gets a list of rules which blocks; a secret or certificate that is made anew while something reads one version of it; a group of nodes that may grow beyond the addresses of its network; a service that goes, and whose traffic another one takes over that stays as small as it was.',
  ),
  address: text('Address of the block at head (at base when it is gone): `aws_db_instance.main`, `module.vpc`.'),
  resource: text('Type of the resource, such as `aws_db_instance`; `module`, `backend` or `provider` for such blocks.'),
  from: text('What it was before: the old address, value or key.'),
  to: text('What it is now.'),
  attribute: text('The attribute that changed.'),
  loses: word(losses, 'What is lost while the resource is destroyed and created again.'),
  others: texts('Other addresses that are part of it: the other owner, the two ends of a connection, keys that go.'),
  room: text('`outgrown`: how many nodes the addresses are enough for; empty elsewhere.'),
  certain: flag('The values are literals on both sides, or the content is the same under another name.'),
  protected: flag('`prevent_destroy` is set: the apply stops instead.'),
}

/** What a change to Terraform's source does to resources that exist already, as far as the source says. */
export type TerraformFact = FactOf<'terraform', typeof terraformFields>

export const terraformKind = {
  name: 'terraform',
  doc: 'A change to Terraform or OpenTofu blocks by which existing resources get another address, owner, state or are made anew.',
  fields: terraformFields,
  wants: artifact =>
    artifact.role === 'live' &&
    /\.(tf|tofu)$/.test(artifact.path) &&
    Math.max(artifact.base?.text.length ?? 0, artifact.head?.text.length ?? 0) < 2_000_000,
  load: async () => (await import('./extract.ts')).extractTerraform,
} satisfies FactKind
