import { sourceOf } from '../../artifact/source.ts'
import { type Artifact, touches } from '../../artifact/types.ts'
import type { Tree } from '../../change/types.ts'
import type { Extraction, FactContext } from '../types.ts'
import { type Call, callsOf } from './calls.ts'
import type { TranslationFact } from './index.ts'
import { asked, languageOf, nameOf, placeholdersIn, type Text, textsOf } from './texts.ts'

/** Most keys of a change that are searched for in the code. */
const mostKeys = 60

interface File {
  readonly artifact: Artifact
  readonly language: string
  readonly before: ReadonlyMap<string, Text>
  readonly after: ReadonlyMap<string, Text>
}

/** Texts that no longer fit the code or the default language. */
export async function extractTranslations(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const { head: tree } = context.change.trees
  const files: File[] = []
  for (const artifact of artifacts) {
    const language = languageOf(artifact.path)
    const before = artifact.base && (await textsOf(artifact.base, language))
    const after = artifact.head === undefined ? new Map() : await textsOf(artifact.head, language)
    // What does not parse is told as such.
    if (before !== undefined && after !== undefined) files.push({ artifact, language, before, after })
  }
  const fresh = files.flatMap(file =>
    [...file.after].flatMap(([key, text]) => {
      const old = file.before.get(key)
      return old === undefined || old.text === text.text
        ? []
        : newPlaceholders(old.text, text.text).map(one => ({ file, key, text, one }))
    }),
  )
  const gone = files.flatMap(file => (isDefault(file.language) ? goneFrom(file, files) : []))
  const keys = new Set([...fresh, ...gone].map(({ key }) => asked(key)))
  if (keys.size > mostKeys) {
    const reason = `calls of its texts were not looked for: the change alters or removes ${keys.size} of them`
    const paths = new Set([...fresh, ...gone].map(({ file }) => file.artifact.path))
    return { facts: [], notAnalysed: [...paths].map(path => ({ path, reason })) }
  }
  const calls = await callsOf(keys, tree)
  const facts: TranslationFact[] = []
  for (const { file, key, text, one } of fresh) {
    if (!touches(file.artifact, 'head', text.span)) continue
    const common = { ...blank(file), key, placeholder: one, span: text.span, side: 'head' } as const
    const original = isDefault(file.language) ? undefined : await defaultText(file, key, tree)
    const names = placeholdersIn(original?.text ?? '').map(nameOf)
    // A translation that catches up with the original brings nothing new to those who ask for it.
    if (names.includes(nameOf(one))) continue
    const call = calls.get(asked(key))?.find(candidate => lacks(candidate, one))
    if (call !== undefined) {
      facts.push({ ...common, problem: 'not-passed', expected: call.passes, usedAt: call.place })
      continue
    }
    if (original === undefined) continue
    if (names.length > 0)
      facts.push({
        ...common,
        problem: 'not-in-default',
        expected: placeholdersIn(original.text),
        usedAt: original.path,
      })
  }
  for (const { file, key, text } of gone) {
    const [call] = calls.get(asked(key)) ?? []
    if (call !== undefined)
      facts.push({ ...blank(file), key, problem: 'key-gone', span: text.span, side: 'base', usedAt: call.place })
  }
  return { facts, notAnalysed: [] }
}

function blank({ artifact }: File): Pick<TranslationFact, 'kind' | 'path' | 'placeholder' | 'expected' | 'library'> {
  const library = /(^|\/)config\/locales\//.test(artifact.path) ? 'rails' : 'other'
  return { kind: 'translation', path: artifact.path, placeholder: '', expected: [], library }
}

const isDefault = (language: string): boolean => /^(?:en(?:[-_]us)?)?$/.test(language)

/** Placeholders of the new text whose names the old one did not have; none where the old one had none of its kind. */
function newPlaceholders(old: string, text: string): readonly string[] {
  const names = new Set(placeholdersIn(old).map(nameOf))
  // A text without a value becomes one with a value: whether `{x}` is meant as one, nobody can tell.
  // The number that chooses the plural form is always there.
  return placeholdersIn(text).filter(
    one => !names.has(nameOf(one)) && nameOf(one) !== 'count' && (names.size > 0 || one.startsWith('%')),
  )
}

/** The call passes values, or may be seen to pass none, and not this one. */
function lacks({ passes, open }: Call, placeholder: string): boolean {
  const name = nameOf(placeholder)
  return !open && !passes.includes(name)
}

/** Texts of the default language that are in no file of it any more. */
function goneFrom(file: File, files: readonly File[]): readonly { file: File; key: string; text: Text }[] {
  if (file.artifact.head === undefined || file.after.size === 0) return []
  const left = new Set(
    files.filter(({ language }) => language === file.language).flatMap(({ after }) => [...after.keys()].map(asked)),
  )
  const found = [...file.before].filter(([key]) => key.includes('.') && !left.has(asked(key)))
  // One form of a plural that goes leaves the others.
  const stems = new Map(found.map(([key, text]) => [asked(key), { file, key, text }]))
  return [...stems.values()]
}

/** The same text in the default language: in the file of that language beside this one. */
async function defaultText(
  { artifact, language }: File,
  key: string,
  tree: Tree,
): Promise<{ path: string; text: string } | undefined> {
  const at = artifact.path.toLowerCase().lastIndexOf(language)
  if (language === '' || at === -1) return undefined
  for (const name of ['en', 'en-US', 'en_US']) {
    const path = artifact.path.slice(0, at) + name + artifact.path.slice(at + language.length)
    const text = await tree.read(path)
    if (text === undefined || text.length > 2_000_000) continue
    const texts = await textsOf(sourceOf(path, 'head', text), name.toLowerCase())
    const own = texts?.get(key)
    return own && { path, text: own.text }
  }
  return undefined
}
