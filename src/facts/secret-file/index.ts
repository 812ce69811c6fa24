import { flag, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { namesSecrets } from './names.ts'

export const secretFileFields = {
  what: word(
    ['private-key', 'terraform-state', 'terraform-plan', 'in-image'],
    'A private key; the state of Terraform; a saved plan of Terraform; secrets that .dockerignore kept out of an image and no longer does. State and plan hold every secret of the resources in clear text.',
  ),
  name: text('Name of the file; `in-image`: the pattern that is gone.'),
  local: flag('By its path it is for machines of developers, for tests or for documentation.'),
}

/** A file with secrets in clear text that the change adds. Source: paths, and PEM text in any file. */
export type SecretFileFact = FactOf<'secret-file', typeof secretFileFields>

export const secretFileKind = {
  name: 'secret-file',
  doc: 'A file with secrets in clear text that the change adds: a private key, the state or a saved plan of Terraform.',
  fields: secretFileFields,
  wants: artifact => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(artifact.head?.text ?? ''),
  concerns: paths => paths.some(namesSecrets),
  load: async () => (await import('./extract.ts')).extractSecretFiles,
} satisfies FactKind
