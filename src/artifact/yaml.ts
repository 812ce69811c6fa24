import type { Document, LineCounter } from 'yaml'
import { memo } from './source.ts'
import type { Source } from './types.ts'

/** A YAML stream as the `yaml` package reads it; errors are on the documents, never thrown. */
export interface YamlFile {
  readonly documents: readonly Document.Parsed[]
  /** Errors of a stream without any document. Code `TOO_LARGE`: the text was not parsed at all. */
  readonly streamErrors: readonly {
    readonly message: string
    readonly code: string
    readonly pos: readonly [number, number]
  }[]
  readonly counter: LineCounter
}

/** Most structural characters (separators, indicators, line ends) that are parsed: about two seconds at worst. */
const mostMarks = 300_000

const unread = { code: 'TOO_LARGE', message: 'too large to parse', pos: [0, 0] } as const

/** Parses a source as YAML. Offsets are those of `source.text`. Equal keys are no error here (see facts/syntax). */
export function yamlOf(source: Source): Promise<YamlFile> {
  return memo(source, 'yaml', async (): Promise<YamlFile> => {
    const { parseAllDocuments, LineCounter, Schema } = await import('yaml')
    const counter = new LineCounter()
    const size = source.text.length
    const tooLarge = size > 5_000_000 || (size > mostMarks / 4 && marks(source.text) > mostMarks)
    if (tooLarge) return { documents: [], streamErrors: [unread], counter }
    // The package compares every key with every other one: 20,000 keys would take seconds.
    const options = {
      lineCounter: counter,
      prettyErrors: false,
      merge: true,
      keepSourceTokens: false,
      uniqueKeys: false,
      // One schema for ten thousand documents; only a directive may ask for another one.
      ...(source.text.includes('%YAML')
        ? {}
        : { schema: new Schema({ schema: 'core', merge: true, resolveKnownTags: true }) }),
    }
    const stream = withoutStacks(() => parseAllDocuments(source.text, options))
    // An empty stream is an array with errors of its own.
    return { documents: stream, streamErrors: 'empty' in stream ? stream.errors : [], counter }
  })
}

/** Every syntax error is an Error, whose stack nobody reads: collecting 100,000 of them takes seconds. */
function withoutStacks<T>(action: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return action()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** What a document costs beside its text, in marks. */
const perDocument = 40

function marks(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n---'); at !== -1; at = text.indexOf('\n---', at + 4)) count += perDocument
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    // \n ! & * , - : ? [ {
    if (
      code === 10 ||
      code === 33 ||
      code === 38 ||
      code === 42 ||
      code === 44 ||
      code === 45 ||
      code === 58 ||
      code === 63 ||
      code === 91 ||
      code === 123
    )
      count++
  }
  return count
}
