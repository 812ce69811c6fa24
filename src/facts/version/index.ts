import type { Artifact } from '../../artifact/types.ts'
import { someTouchedLine } from '../environment/touched.ts'
import { flag, number, optional, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { isManifestPath } from './local.ts'
import { isLockPath } from './locks.ts'

export const versionFields = {
  what: word(
    ['image', 'chart', 'module', 'provider', 'engine', 'cluster', 'apart', 'built-in', 'unlocked', 'leftover', 'local'],
    'What has the version: a container image, a Helm chart, a Terraform module or provider, the engine of a managed store, a cluster; `apart`: a package that another file held at the same version until now; `built-in`: a library that also comes with the language and is loaded from there first; `unlocked`: a lock file that is gone, or an exact version that became a range where nothing locks it; `leftover`: an option that the new version no longer knows and the repository still has; `local`: a package that is taken from a folder outside of the repository.',
  ),
  name: text('Name without its version: `postgres`, `ingress-nginx`, `aws_db_instance.main`.'),
  base: text('Version before, as written.'),
  head: text('Version after, as written.'),
  step: word(
    ['major', 'minor', 'patch', 'other'],
    'The first part of the version that differs. Of 0.x the second part counts as major.',
  ),
  parts: number('By how much that part differs; negative for a step back.'),
  role: word(
    [
      'database',
      'queue',
      'cache',
      'ingress',
      'mesh',
      'dns',
      'certificates',
      'secrets',
      'storage',
      'gitops',
      'webhooks',
      'agent',
      'other',
    ],
    'What it does for everything else, by its name.',
  ),
  allowed: flag('The block says that a major upgrade may happen (`allow_major_version_upgrade`).'),
  option: optional(text('`leftover`: the option or API version that is gone.')),
  instead: optional(text('`leftover`: what took its place; `nothing` when nothing did.')),
  otherPath: optional(
    text('`apart`, `built-in`: the file that holds the other version; `leftover`: the one with the option.'),
  ),
  otherLine: optional(number('Its line there.')),
}

/** A version that moves, or that moves away from what another file says. Source: manifests, charts, Terraform, lock files. */
export type VersionFact = FactOf<'version', typeof versionFields>

const languages: readonly string[] = ['yaml', 'json', 'hcl', 'dockerfile']

export const versionKind = {
  name: 'version',
  doc: 'A version of an image, chart, module, provider, engine or cluster that moves, or a locked package that moves away from the version the system installs.',
  fields: versionFields,
  wants: (artifact: Artifact) =>
    artifact.base !== undefined &&
    artifact.head !== undefined &&
    (artifact.role === 'live' || artifact.role === 'example') &&
    languages.includes(artifact.language) &&
    artifact.kind !== 'github-workflow' &&
    someTouchedLine(artifact, 'head', versioned) &&
    someTouchedLine(artifact, 'base', versioned),
  concerns: (changed: readonly string[]) => changed.some(path => isLockPath(path) || isManifestPath(path)),
  load: async () => (await import('./extract.ts')).extractVersions,
} satisfies FactKind

/** A line that can hold a version. */
const versioned =
  /(image|tag|newTag|version|Version|source|targetRevision|repository)["']?\s*[:=].*\d|^\s*FROM\s.*\d|^\s*tag:\s/i
