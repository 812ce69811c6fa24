import { X509Certificate } from 'node:crypto'
import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { type Span, spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { CertificateFact } from './index.ts'

interface Found {
  readonly certificate: X509Certificate
  /** The first line. */
  readonly span: Span
  readonly endLine: number
}

/** Most certificates of a file that are read: a bundle of all public roots has some 150. */
const mostCertificates = 400

export async function extractCertificates(
  { now }: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly CertificateFact[] }> {
  const sides = artifacts.map(artifact => ({
    artifact,
    base: artifact.base ? certificatesOf(artifact.base) : [],
    head: artifact.head ? certificatesOf(artifact.head) : [],
  }))
  const anywhere = new Set(sides.flatMap(({ head }) => head.map(({ certificate }) => certificate.fingerprint256)))
  const facts = sides.flatMap(({ artifact, base, head }) => {
    const old = new Set(base.map(({ certificate }) => certificate.fingerprint256))
    const trustBundle = head.length > 0 && [...base, ...head].every(({ certificate }) => certificate.ca)
    const fact = (found: Found, change: CertificateFact['change']): CertificateFact => ({
      ...described(found, now),
      path: artifact.path,
      side: change === 'added' ? 'head' : 'base',
      change,
      count: head.length,
      trustBundle,
      reissued: head.some(other => other.certificate !== found.certificate && isReissue(other, found)),
    })
    const added = head.filter(
      found =>
        !old.has(found.certificate.fingerprint256) &&
        touches(artifact, 'head', { line: found.span.line, endLine: found.endLine }),
    )
    const removed =
      artifact.head === undefined ? [] : base.filter(found => !anywhere.has(found.certificate.fingerprint256))
    return [...added.map(found => fact(found, 'added')), ...removed.map(found => fact(found, 'removed'))]
  })
  return { facts, notAnalysed: [] }
}

const day = 86_400_000

function described(
  { certificate, span }: Found,
  now: Date,
): Omit<CertificateFact, 'path' | 'side' | 'change' | 'count' | 'trustBundle' | 'reissued'> {
  const until = Date.parse(certificate.validTo)
  const from = Date.parse(certificate.validFrom)
  const subject = nameOf(certificate.subject)
  return {
    kind: 'certificate',
    span,
    subject,
    issuer: nameOf(certificate.issuer),
    daysLeft: Math.floor((until - now.getTime()) / day),
    daysUntilValid: Math.ceil((from - now.getTime()) / day),
    expires: new Date(until).toISOString().slice(0, 10),
    authority: certificate.ca,
    selfSigned: certificate.subject === certificate.issuer,
    local:
      /localhost|127\.0\.0\.1|\.(test|local|localhost|example|invalid)\b|example\.(com|org|net)|\b(test|dummy|fake|snakeoil)\b/i.test(
        `${subject} ${certificate.subjectAltName ?? ''}`,
      ),
  }
}

function nameOf(distinguished: string | undefined): string {
  const text = distinguished ?? ''
  return /^CN=(.+)$/m.exec(text)?.[1] ?? text.replaceAll('\n', ', ')
}

function isReissue(a: Found, b: Found): boolean {
  return a.certificate.subject === b.certificate.subject && keyOf(a) === keyOf(b)
}

function keyOf({ certificate }: Found): string {
  try {
    return certificate.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  } catch {
    return certificate.fingerprint256
  }
}

const plain = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s\\rn"',>|-]{100,20000}?)-----END CERTIFICATE-----/g
const encoded = /LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t[A-Za-z0-9+/=]{100,200000}/g

/** All certificates of a text; what cannot be read as one (a sample, a cut-off block) is left out. */
function certificatesOf(source: Source): readonly Found[] {
  const found: Found[] = []
  const add = (body: string, start: number, length: number): void => {
    const certificate = found.length < mostCertificates ? read(body) : undefined
    if (certificate === undefined) return
    const whole = spanOf(source.lines, start, start + length)
    const firstLine = source.text.indexOf('\n', start)
    const end = firstLine === -1 ? start + length : Math.min(start + length, firstLine)
    found.push({ certificate, span: spanOf(source.lines, start, Math.min(end, start + 80)), endLine: whole.endLine })
  }
  for (const match of source.text.matchAll(plain)) add(match[1] ?? '', match.index, match[0].length)
  for (const match of source.text.matchAll(encoded)) {
    const text = Buffer.from(match[0], 'base64').toString('latin1')
    for (const inner of text.matchAll(plain)) add(inner[1] ?? '', match.index, match[0].length)
  }
  return found
}

function read(body: string): X509Certificate | undefined {
  const base64 = body.replace(/\\[rn]/g, '').replace(/[^A-Za-z0-9+/=]/g, '')
  try {
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'))
    return Number.isNaN(Date.parse(certificate.validTo)) ? undefined : certificate
  } catch {
    return undefined
  }
}
