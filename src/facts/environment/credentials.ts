import { type Artifact, touches } from '../../artifact/types.ts'
import { factOf } from './fact.ts'
import type { EnvironmentFact } from './index.ts'
import type { Scalar } from './scalars.ts'

const credential =
  /^(password|passwd|username|auth|auth_?token|token|credentials?|sasl[\w.]*|api_?key|client_?cert|client_?key|access_?key|secret_?key)$/i
const anyCredential = /passw|secret|token|auth|credential|key|iam|identity|sasl|user|cert|role|login/i
const address = /^(hosts?|url|uri|endpoint|address|addr|servers?|brokers?|bootstrap_?servers|nodes|dsn|hostname)$/i

/** A removed line that can be a credential. */
export const credentialLine = /passw|username|auth|token|credential|sasl|key|cert/i

/** Credentials of a client that are taken away while its address stays, and that nothing replaces. */
export function lostCredentials(
  artifact: Artifact,
  base: readonly Scalar[],
  head: readonly Scalar[],
): readonly EnvironmentFact[] {
  const kept = new Set(head.map(({ path }) => path))
  const facts = new Map<string, EnvironmentFact>()
  for (const scalar of base) {
    if (!credential.test(scalar.key) || kept.has(scalar.path) || !touches(artifact, 'base', scalar.span)) continue
    const beside = head.filter(other => other.parent === scalar.parent || other.path.startsWith(`${scalar.parent}.`))
    // The credential may stand in a block of its own beside the address: `auth: { username, password }`.
    const isAddressed = beside.some(other => address.test(other.key) || /^\[\d+\]$/.test(other.key))
    if (!isAddressed || beside.some(other => anyCredential.test(other.path.slice(scalar.parent.length)))) continue
    if (facts.has(scalar.parent)) continue
    const own = scalar.environment === 'unknown' ? artifact.environment : scalar.environment
    facts.set(
      scalar.parent,
      factOf({ what: 'credential', path: artifact.path, side: 'base', span: scalar.span, key: scalar.path, own }),
    )
  }
  return [...facts.values()]
}
