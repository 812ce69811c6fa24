import { spanOf } from '../text/lines.ts'
import type { PlainDocument } from './plain.ts'
import { closeBlock, eachLine, lineScalar, type OpenBlock, openBlock, put } from './plain-lines.ts'
import type { Source } from './types.ts'

/** Daemons that write `key value`. */
const daemons = /(^|\/)(redis|valkey|sentinel|postgresql)[\w.-]*\.conf$|(^|\/)(redis|valkey)\//

/** `sentinel down-after-milliseconds main 30000`: what follows the name of the master is the value, of `monitor` the quorum. */
function sentinel(line: string): RegExpExecArray | null {
  return /^(\s*)(sentinel [\w-]+ [\w.-]+)(?: \S+ \d+)? (\S+)\s*$/.exec(line)
}

/**
 * The values of an INI-like file, read line by line: `[section]`, then `key = value` or `key: value`, and with `spaced`
 * also `key value`: INI, properties, `.env`, systemd units, and the configuration of databases. Keys before the first
 * section stand at the top. These formats have no standard; what no line says is not there.
 */
export function iniDocuments({ text, lines, path }: Source, spaced = daemons.test(path)): readonly PlainDocument[] {
  const root = openBlock(spanOf(lines, 0, text.length))
  const sections = new Map<string, OpenBlock>()
  let current = root
  eachLine(text, lines, (line, start) => {
    const section = /^\s*\[\s*([^\]]+?)\s*\]\s*$/.exec(line)?.[1]
    if (section !== undefined) {
      const span = spanOf(lines, start, start + line.trimEnd().length)
      current = sections.get(section) ?? openBlock(span)
      if (!sections.has(section)) put(root, section, span, { type: 'scalar', span, value: null, text: '' })
      sections.set(section, current)
      return
    }
    const found =
      /^(\s*(?:export\s+)?)([\w.\-/*$@]+(?:\[[\w.-]*\])?)\s*(?:=|:(?=\s|$))\s*(.*?)\s*$/.exec(line) ??
      (spaced ? /^(\s*)([A-Za-z_][\w.-]*)\s+(\S.*?)\s*$/.exec(line) : null)
    if (!found) return
    const [, before = '', key = '', raw = ''] = sentinel(line) ?? found
    const value = raw.replace(/\s+[#;].*$/, '')
    const span = spanOf(lines, start + before.length, start + line.trimEnd().length)
    put(current, key, span, lineScalar(value, span))
  })
  const map = closeBlock(root)
  const entries = map.entries.map(entry => {
    const section = sections.get(entry.key)
    return section ? { ...entry, value: closeBlock(section) } : entry
  })
  return [{ root: { ...map, entries } }]
}
