import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { lineSpan, type Span, spanOf } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import type { TemplateFact } from './index.ts'
import type { Listing } from './listing.ts'

/** Views that mailer actions need, and variables that mail views read (Action Mailer). */
export async function mailFacts(
  context: FactContext,
  head: Listing,
  artifact: Artifact,
): Promise<readonly TemplateFact[]> {
  const source = artifact.head
  if (source === undefined) return artifact.base === undefined ? [] : viewTakenAway(context, head, artifact.base)
  const mailer = /(?:^|\/)app\/mailers\/(.+_mailer|[^/]+|.+_notifier)\.rb$/.exec(artifact.path)?.[1]
  if (mailer !== undefined) return viewsOf(head, artifact, source, mailer)
  const view = /^(.*?)app\/views\/(.+)\/([^/_][^/.]*)\.[^/]*(?:erb|haml|slim)$/.exec(artifact.path)
  return view?.[2] === undefined ? [] : variablesOf(context, head, artifact, source, view[2])
}

const action = /^([ \t]+)def ([a-z]\w*)\b(?!\.)[^\n]*\n([\s\S]*?)^\1end\b/gm
const ownBody =
  /\bmail\b[^\n]*(\bdo\b|\{\s*\|)|\bbody:|:body\s*=>|\btemplate_(name|path)\b|\bcontent_type\b|\brender\b|\bsuper\b|\bdelivery_method_options\b|\bpath:/

/** Public methods that send a mail, with no view of their name. */
function viewsOf(head: Listing, artifact: Artifact, source: Source, mailer: string): readonly TemplateFact[] {
  const { text, lines } = source
  if (/\bdef (self\.)?mail\b|\btemplate_path\b|\bprepend_view_path\b|\blayout false\b/.test(text)) return []
  // A module or base class is not called by itself.
  if (!/^\s*class\s+[\w:]+\s*<\s*[\w:]*(Mailer|ActionMailer::Base)\b/m.test(text)) return []
  // Views of a gem or of a parent may stand elsewhere: only a mailer with views of its own is judged.
  const own = (path: string): boolean => path.includes(`/views/${mailer}/`)
  const privateFrom = /^[ \t]*(private|protected)\s*$/m.exec(text)?.index ?? text.length
  const facts: TemplateFact[] = []
  for (const match of text.slice(0, privateFrom).matchAll(action)) {
    const [whole, , name = '', body = ''] = match
    const call = /^[ \t]*mail\b[ (]/m.exec(body)
    if (call === null || ownBody.test(body) || name === 'initialize') continue
    const start = match.index + whole.indexOf('def ')
    const span = spanOf(lines, start, start + 4 + name.length)
    if (!touches(artifact, 'head', span)) continue
    const views = (head.byStem.get(name) ?? []).filter(path => own(path))
    facts.push({
      kind: 'template',
      path: artifact.path,
      side: 'head',
      span,
      refers: 'view',
      name: `${mailer}/${name}`,
      engine: 'rails',
      exists: views.length > 0,
      removed: '',
      removedTogether: 0,
      usedIn: artifact.path,
      usedAt: span.line,
      local: head.paths.some(own),
      mail: true,
    })
  }
  return facts
}

/** The view of a mailer action is deleted, and the action stays. */
async function viewTakenAway(context: FactContext, head: Listing, base: Source): Promise<readonly TemplateFact[]> {
  const match = /(?:^|\/)app\/views\/(.+)\/([a-z]\w*)\.[^/]*(?:erb|haml|slim)$/.exec(base.path)
  const [, mailer = '', name = ''] = match ?? []
  if (match === null || (head.byStem.get(name) ?? []).some(path => path.includes(`/views/${mailer}/`))) return []
  const path = mailerFile(head, mailer)
  const text = path === undefined ? undefined : await context.change.trees.head.read(path)
  if (path === undefined || text === undefined) return []
  for (const found of text.matchAll(action)) {
    const [, , called, body = ''] = found
    if (called !== name || !/^[ \t]*mail\b[ (]/m.test(body) || ownBody.test(body)) continue
    return [
      {
        kind: 'template',
        path: base.path,
        side: 'base',
        span: lineSpan(base.lines, 1),
        refers: 'view',
        name: `${mailer}/${name}`,
        engine: 'rails',
        exists: false,
        removed: base.path,
        removedTogether: 1,
        usedIn: path,
        usedAt: text.slice(0, found.index).split('\n').length,
        local: true,
        mail: true,
      },
    ]
  }
  return []
}

function mailerFile(head: Listing, mailer: string): string | undefined {
  const paths = head.byStem.get(mailer.slice(mailer.lastIndexOf('/') + 1)) ?? []
  return paths.find(path => path.endsWith(`/app/mailers/${mailer}.rb`) || path === `app/mailers/${mailer}.rb`)
}

/** What nil answers to, so that a variable nobody set is no failure. */
const nilKnows =
  /^(nil\?|present\?|blank\?|try!?|to_s|to_a|to_i|to_f|to_h|inspect|presence|is_a\?|kind_of\?|instance_of\?|class|dup|then|tap|html_safe|eql\?|equal\?|respond_to\?|send|to_json|as_json|in\?|itself|frozen\?|to_param|to_query)(?![\w?!])/

/** Variables whose methods a mail view calls on a changed line. `exists`: some code of the mailer sets it. */
async function variablesOf(
  context: FactContext,
  head: Listing,
  artifact: Artifact,
  source: Source,
  mailer: string,
): Promise<readonly TemplateFact[]> {
  const path = mailerFile(head, mailer)
  if (path === undefined) return []
  const used = usesIn(source).filter(use => touches(artifact, 'head', use.span))
  if (used.length === 0) return []
  const code = await codeBehind(context, head, path)
  // What cannot be followed might set it.
  if (code === undefined || /instance_variable_set|assign\(/.test(code)) return []
  const view = source.text
  const before = artifact.base?.text ?? ''
  return used.flatMap(({ name, span }) => {
    const sets = new RegExp(
      `@${name}\\s*((\\|\\||&&|[-+])?=(?![=~])|,[^=\\n]*=|<<)|attr_(writer|accessor)[^\\n]*:${name}\\b|=>\\s*@${name}\\b|\\|[^|]*@${name}`,
    )
    if (new RegExp(`@${name}\\.`).test(before)) return []
    const guarded = new RegExp(`\\b(if|unless|defined\\?)[ (]+!?@${name}\\b|@${name} *&&|@${name}\\?`).test(view)
    if (guarded) return []
    return [
      {
        kind: 'template',
        path: artifact.path,
        side: 'head',
        span,
        refers: 'variable',
        name: `@${name}`,
        engine: 'rails',
        exists: sets.test(code) || sets.test(view),
        removed: '',
        removedTogether: 0,
        usedIn: path,
        usedAt: 1,
        local: true,
        mail: true,
      } satisfies TemplateFact,
    ]
  })
}

function usesIn(source: Source): readonly { readonly name: string; readonly span: Span }[] {
  const found = new Map<string, Span>()
  for (const match of source.text.matchAll(/(?<![\w@$:"'/])@([a-z_]\w*)\.(?=[a-z_])/g)) {
    const name = match[1] ?? ''
    const end = match.index + match[0].length
    if (nilKnows.test(source.text.slice(end, end + 24)) || !inCode(source, match.index) || found.has(name)) continue
    found.set(name, spanOf(source.lines, match.index, end - 1))
  }
  return [...found].map(([name, span]) => ({ name, span }))
}

/** Inside `<% %>`, a Haml or Slim line of code, or `#{}`; not in the prose of the mail. */
function inCode({ text, path }: Source, at: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  if (path.endsWith('.erb')) {
    const open = text.lastIndexOf('<%', at)
    return open > text.lastIndexOf('%>', at) && text[open + 2] !== '#'
  }
  return !/^\s*(-#|\/)/.test(before) && /^\s*([-=~]|[%.#\w][^=\s]*=)|#\{[^}]*$|\{[^}]*$|\([^)]*$/.test(before)
}

/** The mailer's code with that of its parents and modules; undefined when one of them is not in the repository. */
async function codeBehind(context: FactContext, head: Listing, path: string): Promise<string | undefined> {
  const texts: string[] = []
  const todo = [path]
  const seen = new Set<string>()
  while (todo.length > 0 && seen.size < 30) {
    const next = todo.pop() ?? ''
    if (seen.has(next)) continue
    seen.add(next)
    const text = await context.change.trees.head.read(next)
    if (text === undefined) return undefined
    texts.push(text)
    const names = [
      ...[...text.matchAll(/^\s*class\s+[\w:]+\s*<\s*([\w:]+)/gm)].map(match => match[1] ?? ''),
      ...[...text.matchAll(/^\s*(?:include|prepend|extend)[ (]+([A-Z][\w:]*(?:\s*,\s*[A-Z][\w:]*)*)/gm)].flatMap(
        match => (match[1] ?? '').split(/\s*,\s*/),
      ),
    ]
    for (const name of names) {
      if (/^(::)?(ActionMailer|ActionView|Rails|ApplicationHelper|ActiveSupport|Sidekiq|Roadie|Premailer)\b/.test(name))
        continue
      const file = fileOf(head, name)
      // The base class of every Rails application sets nothing by itself when it is not shown.
      if (file !== undefined) todo.push(file)
      else if (name !== 'ApplicationMailer' && !/Helper$/.test(name)) return undefined
    }
  }
  return texts.join('\n')
}

/** The Ruby file that holds a class, by Rails' naming. */
function fileOf(head: Listing, name: string): string | undefined {
  const snake = name
    .replace(/^::/, '')
    .replaceAll('::', '/')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
  return (head.byStem.get(snake.slice(snake.lastIndexOf('/') + 1)) ?? []).find(path => path.endsWith(`/${snake}.rb`))
}
