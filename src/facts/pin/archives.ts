import { type Artifact, touches } from '../../artifact/types.ts'
import type { Pin } from './pins.ts'

/** An exact build of a package, and how long the archive it comes from keeps such builds. */
export interface ExactPin extends Pin {
  readonly keeps: 'newest' | 'current'
}

const install = /\b(apt-get|apt|apk)\s[^\n]*?\b(install|add)\b/
const exact = /(?<![\w./=~<>$-])([a-z0-9][a-z0-9.+-]+)=(\d[\w.+:~-]*)(?![\w.+:~*$-])/g
const longestCommand = 60

/** Archives that take a build away as soon as the next one is there, by what marks a package of theirs. */
const newestOnly: readonly ((name: string, version: string, text: string) => boolean)[] = [
  (name, _, text) => name === 'gh' && text.includes('cli.github.com/packages'),
  name => /^(google-chrome-(stable|beta)|brave-browser)$/.test(name),
  (_, version) => /pgdg|deb\.sury\.org|~ppa|ppa\d/.test(version),
]

/** Exact builds that commands install from an archive of a distribution; fixed ones of dated archives never go. */
export function exactPins(text: string): readonly ExactPin[] {
  if (!install.test(text) || /snapshot\.(debian|ubuntu)\.(org|com)/.test(text)) return []
  const lines = text.split('\n')
  const found: ExactPin[] = []
  let until = -1
  let alpine = false
  lines.forEach((line, at) => {
    const command = /^\s*#/.test(line) ? null : install.exec(line)
    if (command !== null) {
      alpine = command[1] === 'apk'
      until = at
      while (/\\\s*$/.test(lines[until] ?? '') && until < at + longestCommand) until++
    }
    if (at > until || line.length > 1000 || /^\s*#/.test(line)) return
    for (const { index, 0: whole, 1: name = '', 2: version = '' } of line.matchAll(exact)) {
      if (/^(DEBIAN_FRONTEND|[A-Z_]+)$/.test(name) || (alpine && !/-r\d+$/.test(version))) continue
      const span = { line: at + 1, column: index + 1, endLine: at + 1, endColumn: index + 1 + whole.length }
      const keeps = newestOnly.some(fits => fits(name, version, text)) ? 'newest' : 'current'
      found.push({ what: 'package', name, version, pinned: true, place: name, span, keeps })
    }
  })
  return found
}

/** Those that the change brings in: the package was not there, or in whatever version there was. */
export function freshExactPins(artifact: Artifact): readonly ExactPin[] {
  const { base, head } = artifact
  if (head === undefined) return []
  const before = new Set(base === undefined ? [] : exactPins(base.text).map(({ name }) => name))
  return exactPins(head.text).filter(pin => !before.has(pin.name) && touches(artifact, 'head', pin.span))
}
