import type { Artifact, Source } from '../../artifact/types.ts'
import { lineText } from '../../text/lines.ts'
import { freshMatches, type Slip } from './found.ts'

/** How the languages say that any certificate will do. */
const anyCertificate =
  /\b(?:ssl_)?verify\s*=\s*False\b|\bssl\._create_unverified_context\b|\bCERT_NONE\b|\brejectUnauthorized:\s*false\b|\bNODE_TLS_REJECT_UNAUTHORIZED\b[^\n=]*=\s*["']?0|\bInsecureSkipVerify:\s*true\b|\bVERIFY_NONE\b|\bverify_ssl:\s*false\b|\bNoopHostnameVerifier\b|\bTrustAllStrategy\b|\bCURLOPT_SSL_VERIFYPEER\s*(?:=>|,)\s*(?:false|0)\b|["']verify["']\s*=>\s*false\b|\bdanger_accept_invalid_certs\(true\)|\bDangerousAcceptAnyServerCertificateValidator\b/gi

const aside =
  /(^|[/._-])(local(host)?|dev|development|mock|e2e|sandbox|scripts?|tools?|examples?|debug|playground|demo)([/._-]|$)/i
const conditional =
  /\bif\b|\?\s|NODE_ENV|process\.env|os\.environ|getenv|isDev|isLocal|debug|local|jwt|decode|=== ?['"]dev/i

/** Certificates and tokens that are no longer verified, in a file that did before. */
export function unverified(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined || artifact.environment === 'lower' || aside.test(artifact.path)) return []
  return [...certificates(artifact, source, base), ...tokens(artifact, source, base)]
}

function certificates(artifact: Artifact, source: Source, base: Source): readonly Slip[] {
  const before = [...base.text.matchAll(anyCertificate)].length
  if ([...source.text.matchAll(anyCertificate)].length <= before) return []
  return freshMatches(artifact, source, anyCertificate)
    .filter(({ span }) => !conditional.test(lineText(source.lines, span.line)))
    .slice(0, 1)
    .map(({ match, span }) => ({ what: 'tls-unverified', name: match[0], span }))
}

const verifies = /\b(?:jwt|jsonwebtoken|jose|JWT)\.(?:verify|jwtVerify)\(|\bjwtVerify\(|\bverifyToken\(/
const onlyReads = /\b(?:(?:jwt|jsonwebtoken|jose)\.decode(?:Jwt)?|jwtDecode|jwt_decode|decodeJwt)\(/g
const switchedOff =
  /["']?verify_signature["']?\s*[:=]\s*False\b|\bjwt\.decode\([^\n]*\bverify\s*=\s*False|\bJWT\.decode\([^\n]*,\s*(?:nil|false),\s*false|\balgorithms:\s*\[\s*["']none["']/g

/** Calls that look at the signature. */
const verifiedIn = (text: string): number =>
  (
    text.match(/\b(?:jwt|JWT|jose)\.decode\(|\b(?:jwt|jsonwebtoken|jose|JWT)\.(?:verify|jwtVerify)\(|\bjwtVerify\(/g) ??
    []
  ).length - (text.match(switchedOff) ?? []).length

function tokens(artifact: Artifact, source: Source, base: Source): readonly Slip[] {
  // The key is often looked up by what an unverified token says, and the token verified with it afterwards.
  const fewer = verifiedIn(source.text) < verifiedIn(base.text)
  const off = fewer
    ? freshMatches(artifact, source, switchedOff).filter(({ match }) => !base.text.includes(match[0]))
    : []
  const read = verifies.test(base.text) && !verifies.test(source.text) ? freshMatches(artifact, source, onlyReads) : []
  return [...off, ...read]
    .slice(0, 1)
    .map(({ match, span }) => ({ what: 'token-unverified', name: match[0].replace(/\($/, ''), span }))
}
