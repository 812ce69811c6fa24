import type { XmlElement, XmlNode } from '@rgrove/parse-xml'
import { memo } from './source.ts'
import type { Source } from './types.ts'

export type { XmlElement } from '@rgrove/parse-xml'

/** The outermost element, with `start` and `end` as offsets of `source.text`; or why there is none. */
export type XmlFile = { readonly root: XmlElement } | { readonly error: string }

/** Parses a source as XML. Nothing outside of it is read: document types and entities of other files are left alone. */
export function xmlOf(source: Source): Promise<XmlFile> {
  return memo(source, 'xml', async (): Promise<XmlFile> => {
    const { parseXml } = await import('@rgrove/parse-xml')
    try {
      const { root } = parseXml(source.text, {
        includeOffsets: true,
        preserveCdata: true,
        ignoreUndefinedEntities: true,
      })
      return root === null ? { error: 'there is no element' } : { root }
    } catch (error) {
      // Thousands of levels overflow the stack, which makes the file unreadable, no more.
      return { error: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unreadable' }
    }
  })
}

export function isElement(node: XmlNode): node is XmlElement {
  return node.type === 'element'
}
