import type { ChangedFile, Content, Side } from './types.ts'

/** Files above this size in bytes are listed as not analysed. */
export const sizeLimit = 5 * 1024 * 1024

export function tooLarge(bytes: number): Content {
  return { unreadable: `${(bytes / 1024 / 1024).toFixed(1)} MB is more than premortem reads (5 MB)` }
}

/** Turns bytes into text, or says why they are none. Text that is not UTF-8 is read as Latin-1, so that positions hold. */
export function decode(bytes: Uint8Array): Content {
  if (bytes.length > sizeLimit) return tooLarge(bytes.length)
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { unreadable: 'the file is UTF-16 text, not UTF-8' }
  if (bytes.includes(0)) return { unreadable: 'the file is binary (it holds NUL bytes)' }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { text: Buffer.from(bytes).toString('latin1') }
  }
}

/** The text of a changed file on one side; undefined when it is not there or not text. */
export async function textOf(file: ChangedFile, side: Side): Promise<string | undefined> {
  const content = await file.read(side)
  return content !== undefined && 'text' in content ? content.text : undefined
}
