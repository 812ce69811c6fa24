import { editDistance } from '../../text/distance.ts'
import type { Mention } from './mentions.ts'
import { covers } from './places.ts'
import type { Block } from './read.ts'

/**
 * Blocks of which no pattern matches a log that the repository writes, while one with nearly the same path is written
 * and not rotated: that was probably meant.
 */
export function unmatched(
  fresh: readonly Block[],
  covered: readonly Block[],
  mentions: readonly Mention[],
): readonly { readonly block: Block; readonly meant: Mention }[] {
  const loose = mentions.filter(({ log }) => !covered.some(({ logs }) => logs.some(one => covers(one, log))))
  if (loose.length === 0) return []
  return fresh.flatMap(block => {
    if (block.refused || block.logs.some(log => log.includes('\u00a4'))) return []
    if (mentions.some(({ log }) => block.logs.some(one => covers(one, log)))) return []
    const meant = loose.find(({ log }) => block.logs.some(one => isNear(one, log)))
    return meant === undefined ? [] : [{ block, meant }]
  })
}

/** The same name in a folder that is spelt nearly alike or lies above or below, or another name in the same folder. */
function isNear(pattern: string, log: string): boolean {
  const [a, b] = [split(pattern), split(log)]
  const shared = a.name === b.name || covers(a.name, b.name)
  if (a.folder === b.folder)
    return a.folder !== '/var/log' || (!a.name.includes('*') && editDistance(a.name, b.name) <= 2)
  if (!shared || a.name === '*' || /^(\/var\/log|\/)$/.test(a.folder)) return false
  return (
    editDistance(a.folder, b.folder) <= 2 ||
    b.folder.startsWith(`${a.folder}/`) ||
    (a.folder.startsWith(`${b.folder}/`) && b.folder !== '/var/log') ||
    (a.name === b.name && last(a.folder) === last(b.folder))
  )
}

function split(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf('/')
  return { folder: path.slice(0, at), name: path.slice(at + 1) }
}

function last(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1)
}
