import { flag, number, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const certificateFields = {
  change: word(['added', 'removed'], 'Whether the change adds the certificate or takes it out of a file that stays.'),
  subject: text('Whom it is for: the common name, else the whole subject.'),
  issuer: text('Who signed it: the common name, else the whole issuer.'),
  daysLeft: number('Days from the time of checking until it expires; negative when it has expired.'),
  daysUntilValid: number('Days from the time of checking until it becomes valid; 0 or less when it is.'),
  expires: text('Day on which it expires, such as `2026-12-01`.'),
  authority: flag('It signs other certificates (a root or an intermediate).'),
  selfSigned: flag('It is signed by itself.'),
  count: number('Certificates in the file at head.'),
  local: flag('It is for a machine of developers or tests: localhost, *.test, *.local, example.com.'),
  trustBundle: flag('All certificates of the file are authorities at base and at head: the file says whom to trust.'),
  reissued: flag('A certificate of the same subject and key is in the file at head.'),
}

/** A certificate in the tree that the change adds or removes. Source: PEM text, also indented, escaped or in base64. */
export type CertificateFact = FactOf<'certificate', typeof certificateFields>

/** The first line of a certificate, plain and in base64. */
const marks = /-----BEGIN CERTIFICATE-----|LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t/

export const certificateKind = {
  name: 'certificate',
  doc: 'An X.509 certificate in any file (PEM, or PEM in base64 as in Kubernetes Secrets) that the change adds or removes.',
  fields: certificateFields,
  wants: artifact =>
    artifact.role === 'live' && (marks.test(artifact.head?.text ?? '') || marks.test(artifact.base?.text ?? '')),
  load: async () => (await import('./extract.ts')).extractCertificates,
} satisfies FactKind
