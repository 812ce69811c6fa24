import { between, type Fault, firstFault, openTag, type Tag, withoutSilent } from './found.ts'

const comments = [between(/<%#/g, /%>/g), between(/<%%/g, />/g)]
const quoted =
  /"(?:[^"\\\n#]|\\.|#(?!\{)|#\{[^}\n]*\})*"|'(?:[^'\\\n]|\\.)*'|\/(?:[^/\\\n ]|\\.)+\/|%[wiWIqQ]?[[({][^\])}]*[\])}]|(?<=^|\s)#[^\n]*/g

/** The first block of an ERB template that does not end where it should. Ruby's keywords in its tags are counted. */
export function erbFault(written: string): Fault | undefined {
  const text = withoutSilent(written, comments)
  const tags = [...text.matchAll(/<%([=-]*)([\s\S]{0,4000}?)-?%>/g)].flatMap((found): readonly Tag[] => {
    const [whole, , code = ''] = found
    const place = { start: found.index, end: found.index + whole.length }
    return keywords(code).map(opens => ({ name: 'block', opens, ...place }))
  })
  // A tag without its end takes the next ones with it: what they open or end cannot be told.
  return openTag(text, '<%', '%>') ?? firstFault(tags, () => '<% end %>')
}

/** The first tag of an EJS template that nothing closes. */
export function ejsFault(written: string): Fault | undefined {
  return openTag(withoutSilent(written, comments), '<%', '%>')
}

/** What the code of one tag begins (true) and ends (false), in order. */
function keywords(written: string): readonly boolean[] {
  const code = written.replace(quoted, found => (found.startsWith('#') ? ' ' : 'x').repeat(found.length))
  const begins = String.raw`(?<=^|[\n;=(>,{&|]|\w:|\bthen\b)\s*(?:if|unless|case|while|until|for|begin|def|class|module)\b(?!\s*:)`
  const found = [
    ...code.matchAll(new RegExp(`${begins}|(?<![.\\w:])do\\b(?!:)|(?<![.\\w:@$])end\\b(?![:?!(\\w])`, 'g')),
  ]
  let loop = false
  return found.flatMap(([word]): readonly boolean[] => {
    const name = word.trim().replace(/^[\n;=(>,{&|]\s*/, '')
    // `while x do` is one block.
    if (name === 'do' && loop) {
      loop = false
      return []
    }
    loop = /^(while|until|for)$/.test(name)
    return [name !== 'end']
  })
}

const directives = 'if|foreach|forelse|for|while|unless|switch|isset|auth|guest|can|cannot|push|component'

const raw = [
  between(/\{\{--/g, /--\}\}/g),
  between(/@verbatim\b/g, /@endverbatim\b/g),
  between(/<\?php/g, /\?>/g),
  between(/@php\b(?!\s*\()/g, /@endphp\b/g),
  between(/@@/g, /(?=\W)/g),
]

/** The first block of a Blade template that does not end where it should. */
export function bladeFault(written: string): Fault | undefined {
  const text = withoutSilent(written, raw)
  const tags = [...text.matchAll(new RegExp(`(?<![\\w@])@(end)?(${directives})\\b`, 'g'))].map((found): Tag => {
    const [whole, ends, name = ''] = found
    return { name, opens: ends === undefined, start: found.index, end: found.index + whole.length }
  })
  return firstFault(tags, name => `@end${name}`)
}
