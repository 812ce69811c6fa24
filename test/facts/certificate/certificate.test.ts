import { expect, test } from 'vitest'
import { certificateKind } from '../../../src/facts/certificate/index.ts'
import { factsOf, hostile } from '../read.ts'

// Self-signed for api.shop.io, valid until 2027-11-21.
const body = `MIIBXjCCAQOgAwIBAgIUcGB/60l4UFnc6hVsSsG+qmb1hoUwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLYXBpLnNob3AuaW8wHhcNMjYxMTIxMDMwMDUwWhcNMjcxMTIx
MDMwMDUwWjAWMRQwEgYDVQQDDAthcGkuc2hvcC5pbzBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABOMmTd6mfoLGsLMsmwN6eENYHLeYx1x/4YhIupzOvs7LdnZM+dCf
/Y0lQKXOygAJmtMJW2izcF/CgrKsxRZiQmSjLzAtMAwGA1UdEwEB/wQCMAAwHQYD
VR0OBBYEFHtKIm4hwJsYdPlTnjCUnElnwLr1MAoGCCqGSM49BAMCA0kAMEYCIQCk
43u6joTo08L01Q3xn4u7dR0seE1/Cv1AXlD7ogInfgIhAK3XNYZ9nj6KD7WHgvMF
6olqb3hbUTgpUgXenhm99mft`
const pem = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
const now = new Date('2027-11-11T03:00:50Z')
const expected = { subject: 'api.shop.io', daysLeft: 10, expires: '2027-11-21', authority: false, selfSigned: true }

test.each([
  ['plain', 'tls/api.crt', pem],
  ['indented in YAML', 'k8s/config.yaml', `data:\n  ca: |\n${pem.replace(/^/gm, '    ')}\n`],
  ['escaped in JSON', 'config/tls.json', JSON.stringify({ cert: pem })],
  ['in base64', 'k8s/secret.yaml', `data:\n  tls.crt: ${Buffer.from(pem).toString('base64')}\n`],
  ['in code', 'src/tls.ts', `export const cert = \`${pem}\`\n`],
])('a certificate %s', async (_how, path, head) => {
  const { facts } = await factsOf(certificateKind, [{ path, head }], {}, now)
  expect(facts).toMatchObject([{ ...expected, change: 'added' }])
})

test('moved to another file it is neither new there nor gone here as an authority', async () => {
  const { facts } = await factsOf(certificateKind, [
    { path: 'a/api.pem', base: pem, head: '# moved\n' },
    { path: 'b/api.pem', head: pem },
  ])
  expect(facts.filter(fact => fact.path === 'a/api.pem')).toEqual([])
})

test.each(hostile)('survives hostile input %#', async text => {
  for (const path of ['a.pem', 'a.yml', 'a.json'])
    expect(
      (
        await factsOf(certificateKind, [
          { path, base: pem, head: text },
          { path: `b/${path}`, head: text },
        ])
      ).notAnalysed,
    ).toEqual([])
})
