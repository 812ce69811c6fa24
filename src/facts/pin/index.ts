import { someTouchedLine } from '../environment/touched.ts'
import { flag, optional, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const pinFields = {
  what: word(
    ['image', 'action', 'module', 'provider', 'chart', 'machine-image', 'package', 'tool', 'revision', 'build'],
    'What is fetched: a container image, a CI action, a Terraform module or provider, a Helm chart, an image for virtual machines, a package, a command-line tool, a revision that GitOps follows; an exact build of a package of a distribution.',
  ),
  name: text('Name without its version.'),
  version: text('Version after the change as written; empty when there is none.'),
  baseVersion: optional(text('Version before; absent when nothing of that name was there.')),
  basePinned: flag('Before, the version was a number, tag or digest.'),
  stateful: flag('A database, queue or ingress by its name: a new major version needs more than a restart.'),
  deploys: flag('Stands in a pipeline or script that deploys or releases.'),
  machines: flag('The file also starts machines from it: launch templates, node groups, autoscaling groups.'),
  locked: flag('A lock file beside it fixes the version that is installed.'),
  keeps: word(
    ['', 'newest', 'current'],
    '`build`: what its archive keeps: only the newest one, or those that are current in the distribution. Empty elsewhere.',
  ),
  place: text('Where it stands inside the file.'),
}

/** Something fetched from outside whose version is left open by the change, or fixed to a build that its archive will not keep. Source: manifests, Dockerfiles, pipelines, Terraform. */
export type PinFact = FactOf<'pin', typeof pinFields>

const languages: readonly string[] = ['yaml', 'json', 'hcl', 'dockerfile', 'shell', 'puppet']

export const pinKind = {
  name: 'pin',
  doc: 'Something fetched from outside (image, action, module, chart, machine image, tool) whose version the change leaves open, or fixes to a build that its archive will not keep.',
  fields: pinFields,
  wants: artifact =>
    artifact.head !== undefined &&
    artifact.role === 'live' &&
    (languages.includes(artifact.language) ||
      (artifact.language === 'ruby' && /(^|\/)(recipes|resources)\/[^/]+\.rb$/.test(artifact.path))) &&
    !/(^|\/)(i18n|locales?|dashboards?)\//.test(artifact.path) &&
    (someTouchedLine(artifact, 'head', open) || someTouchedLine(artifact, 'base', gone)),
  load: async () => (await import('./extract.ts')).extractPins,
} satisfies FactKind

/** A changed line that can leave a version open. */
const open =
  /\b(image|container|uses|tag|newTag|imageTag|source|targetRevision|most_recent|state|version)["']?\s*[:=]|^\s*FROM\s|@(latest|main|master|next|canary)\b|\bhelm\s+(upgrade|install)\b|^\s*[\w./-]+\/[\w-]+\s*\\?$|\bgit\s.*(checkout|switch|reset)\b|"(latest|\*|x)"|\/(latest|recommended)\/|\bensure\s*=>|\baction\s+:upgrade|\b[\w.+-]+=\d+[.:]/i

/** A removed line that can have fixed a version. */
const gone = /\bversion["']?\s*[:=]|--version\b/
