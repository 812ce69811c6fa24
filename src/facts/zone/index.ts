import { text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { mailRecord, zoneFile } from './files.ts'

export const zoneFields = {
  what: word(
    ['serial', 'nameserver', 'relative', 'sender-gone', 'mail-refused-at-once'],
    'Records change and the serial does not go up; a name server of the zone is gone; a full name without its final dot; a service leaves the SPF record, or a DMARC policy goes from `none` to `reject` in one step, in whatever language the record is written.',
  ),
  name: text(
    'The serial, the name server, the name without its dot, the senders that are gone, or the policy as it was.',
  ),
  zone: text('Name of the file.'),
  becomes: text(
    '`relative`: the name that servers make of it; `sender-gone`: `-all` where all others are refused, else `~all`; the policy as it is; empty elsewhere.',
  ),
  left: word(['none', 'one', 'more'], 'How many name servers the zone has after the change.'),
}

/** What the change does to a zone of DNS as a whole. Source: zone files in the format of BIND; records about mail wherever they stand. */
export type ZoneFact = FactOf<'zone', typeof zoneFields>

export const zoneKind = {
  name: 'zone',
  doc: 'A change to a zone file (BIND, NSD, Knot) that its servers do not pass on, or by which the zone loses a name server; a record that decides whose mail is taken.',
  fields: zoneFields,
  wants: ({ base, head, role }) => base !== undefined && role === 'live' && mailRecord.test(head?.text ?? ''),
  concerns: paths => paths.some(path => zoneFile.test(path)),
  load: async () => (await import('./extract.ts')).extractZones,
} satisfies FactKind
