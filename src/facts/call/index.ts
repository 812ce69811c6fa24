import type { Artifact, Language } from '../../artifact/types.ts'
import type { FactKind } from '../types.ts'
import { callFields } from './fields.ts'

const code: readonly Language[] = [
  'ruby',
  'python',
  'javascript',
  'typescript',
  'tsx',
  'shell',
  'dockerfile',
  'procfile',
  'go',
  'java',
  'kotlin',
  'php',
]

/** Data files that can hold shell commands, by name or kind; the rest is not even looked at. */
const holdsCommands =
  /(^|\/)(package\.json|app\.json|fly(\.[^/]+)?\.toml|[^/]*pipelines?\.ya?ml|\.gitlab-ci\.ya?ml|[^/]*cloud-(init|config)[^/]*\.ya?ml)$|(^|\/)\.circleci\/config\.ya?ml$/

export const callKind = {
  name: 'call',
  doc: 'A call in source code, or a command in a shell script (also one inside YAML, a Dockerfile, a Procfile or a string passed to a shell), on lines the change adds or alters. Calls that only moved are left out. Of a change with more than 150 files of code, those files are read that name a shell, a store, a database or a cloud; of shell text inside data files, that which names a program that acts on more than the checkout.',
  fields: callFields,
  wants(artifact: Artifact): boolean {
    if (artifact.head === undefined || artifact.role !== 'live') return false
    if (code.includes(artifact.language)) return !artifact.kind.endsWith('-migration')
    if (['github-workflow', 'compose', 'k8s', 'terraform'].includes(artifact.kind)) return true
    return holdsCommands.test(artifact.path)
  },
  load: async () => (await import('./extract.ts')).extractCalls,
} satisfies FactKind
