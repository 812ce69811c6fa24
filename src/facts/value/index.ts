import { isTranslation } from '../../artifact/translation-path.ts'
import { anything, flag, number, object, optional, text, texts, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { formatOf } from './formats.ts'

const words = { change: ['added', 'removed', 'changed'], environment: ['production', 'lower', 'unknown'] } as const

export const valueFields = {
  place: object(
    {
      kind: text(
        'Kind of object: `k8s/Deployment`, `compose/service`, `terraform/aws_db_instance`, `cloudformation/AWS::RDS::DBInstance`, `nomad/job`, `terragrunt`, `helm-values`, `fly`, `render`, `heroku`, `github-workflow`, `nginx`, `haproxy`, `systemd`, `properties`, `env`, `procfile`, `dockerfile`, `ini` (also the configuration of databases), `code` (numbers in settings written in a programming language), else `yaml`, `json`, `toml`.',
      ),
      name: text(
        'What people call the object: `Deployment web`, `aws_db_instance.main`, or the name of the file. Patches of a kustomization, files of a ConfigMap and the values that Argo CD or a Helm release of Terraform gives to a chart are objects of their own.',
      ),
      path: text(
        'Path inside the object, with the names of list items: `spec.template.spec.containers[name=web].image`; empty for the object itself. Of Kubernetes objects and compose services, beside a command line stand its options: `args flags.maxmemory`, `JAVA_OPTS flags.Xmx`, and `heap share`, the heap in percent of the memory limit.',
      ),
      shape: text(
        'The same path with list items and labelled blocks as `*`, which places of rules match: `spec.template.spec.containers.*.image`.',
      ),
    },
    'Where the value stands.',
  ),
  key: text('Last key of the path, such as `replicas`; of a list item its name; empty for the object itself.'),
  knob: text(
    'What the value sets, in snake_case: the key, or for `value` and `default` the name they belong to (an environment variable, a Terraform variable).',
  ),
  change: word(
    words.change,
    'What happened to the value. Of a subtree that is gone, only the top-most node is a fact.',
  ),
  inside: flag('Something around the value is new as well, so it is not a change to something that was running.'),
  base: optional(anything('The value before: scalar, list or map (cut below four levels).')),
  head: optional(anything('The value after.')),
  baseText: text('The scalar before as written; empty for a list, a map, or nothing.'),
  headText: text('The scalar after as written.'),
  baseNumber: optional(number('The number before; quantities in seconds, bytes, cores or percent.')),
  headNumber: optional(number('The number after.')),
  unit: text('Unit of the numbers: `seconds`, `bytes`, `cores`, `percent` or `none`.'),
  ratio: optional(number('The number after divided by the number before, when both are positive and of one unit.')),
  sizeRatio: optional(
    number('Size of a machine type after divided by its size before: `db.r3.8xlarge` to `db.r3.2xlarge` is 0.25.'),
  ),
  newObject: flag('The whole object is new: nothing of it was running before.'),
  moved: flag('A Terraform `moved` block of the change names the object.'),
  companions: texts('Kinds of the whole objects that the change removes from the same folder.'),
  arrivals: texts('Kinds of the whole objects that the change adds to the same folder.'),
  abandoned: flag(
    'The Terraform module it stood in is gone together with the stacks that called it, so nothing is applied from it.',
  ),
  expression: flag(
    'The value is computed on either side (a variable, a template, a function), so it is only known as text.',
  ),
  environment: word(
    words.environment,
    'Which environment the value belongs to: by path of the file, namespace, name, or a key around it such as `staging:`.',
  ),
  elsewhere: flag(
    'A path or host name that is gone here, or an item of a list, is added in another place (for an item: another list under the same key) by the same change.',
  ),
  provided: flag('The text after is the name of a Secret or ConfigMap that a file of the same change makes.'),
  siblings: anything(
    'The map around the value after (before, when it is gone): for what a condition must know besides.',
  ),
  baseSiblings: anything('The map around the value before.'),
  headSiblings: anything(
    'The map around the value after, also when the value itself is gone; empty when all of it is.',
  ),
  object: anything('The whole object, cut below five levels.'),
}

/** A value of a configuration file that the change adds, alters or removes. Source: YAML, JSON, TOML, HCL and INI at base and head. */
export type ValueFact = FactOf<'value', typeof valueFields>

const readable: readonly string[] = ['yaml', 'json', 'jsonc', 'toml', 'hcl']

export const valueKind = {
  name: 'value',
  doc: 'A value of a configuration file (YAML, JSON, TOML, HCL, INI, .env, nginx, HAProxy, systemd, settings in code) that the change adds, alters or removes.',
  fields: valueFields,
  wants: artifact =>
    readable.includes(artifact.language) &&
    artifact.kind !== 'helm-template' &&
    artifact.role !== 'vendored' &&
    !isTranslation(artifact.path),
  concerns: changed => changed.some(path => formatOf(path) !== undefined),
  load: async () => (await import('./extract.ts')).extractValues,
} satisfies FactKind
