import { text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { zoneFile } from './files.ts'

export const zoneFields = {
  what: word(
    ['serial', 'nameserver', 'relative'],
    'Records change and the serial does not go up; a name server of the zone is gone; a full name without its final dot.',
  ),
  name: text('The serial, the name server, or the name without its dot.'),
  zone: text('Name of the file.'),
  becomes: text('`relative`: the name that servers make of it; empty elsewhere.'),
  left: word(['none', 'one', 'more'], 'How many name servers the zone has after the change.'),
}

/** What the change does to a zone of DNS as a whole. Source: zone files in the format of BIND. */
export type ZoneFact = FactOf<'zone', typeof zoneFields>

export const zoneKind = {
  name: 'zone',
  doc: 'A change to a zone file (BIND, NSD, Knot) that its servers do not pass on, or by which the zone loses a name server.',
  fields: zoneFields,
  wants: () => false,
  concerns: paths => paths.some(path => zoneFile.test(path)),
  load: async () => (await import('./extract.ts')).extractZones,
} satisfies FactKind
