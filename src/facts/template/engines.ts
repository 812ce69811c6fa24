/** A name of another template in the text of a template. Offsets are those of the text. */
export interface Reference {
  readonly refers: 'partial' | 'layout'
  readonly name: string
  readonly start: number
  readonly end: number
  /** Last part of the name without mark and endings: what the file's own name must be. */
  readonly stem: string
  /** Would this file answer to the name? Folders above the name are not known, so any may stand before it. */
  readonly answers: (path: string) => boolean
}

export type EngineName = 'rails' | 'jinja' | 'liquid' | 'handlebars' | 'twig' | 'blade' | 'ejs' | 'pug'

const endings: readonly (readonly [RegExp, EngineName])[] = [
  [/\.(rb|haml|slim|rhtml|jbuilder)$/, 'rails'],
  [/\.erb$/, 'rails'],
  [/\.blade\.php$/, 'blade'],
  [/\.twig$/, 'twig'],
  [/\.(hbs|handlebars)$/, 'handlebars'],
  [/\.liquid$|(^|\/)(_includes|_layouts)\//, 'liquid'],
  [/\.ejs$/, 'ejs'],
  [/\.(pug|jade)$/, 'pug'],
  [/\.(html?|txt|xml|text|j2|jinja2?|njk)$/, 'jinja'],
]

export function engineOf(path: string): EngineName | undefined {
  return endings.find(([pattern]) => pattern.test(path))?.[1]
}

/** The name a file can be called by: without folders, leading underscore and endings. */
export function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^_/, '')
  const dot = name.indexOf('.')
  return dot > 0 ? name.slice(0, dot) : name
}

/** References of a text, in order; names that are computed are left out. */
export function referencesIn(text: string, path: string): readonly Reference[] {
  const engine = engineOf(path)
  if (engine === undefined) return []
  const found = forms[engine].flatMap(form =>
    form.only === undefined || form.only.test(path) ? matches(text, path, form) : [],
  )
  return found.sort((a, b) => a.start - b.start)
}

interface Form {
  readonly refers: 'partial' | 'layout'
  /** Global; group `name` is the name. */
  readonly pattern: RegExp
  readonly only?: RegExp
  /** The name with slashes, where the engine writes folders otherwise. */
  readonly folders?: (name: string) => string
  readonly answers: (name: string, from: string) => ((path: string) => boolean) | undefined
}

function matches(text: string, path: string, form: Form): readonly Reference[] {
  const found: Reference[] = []
  for (const match of text.matchAll(form.pattern)) {
    const name = match.groups?.name
    if (name === undefined || isComment(text, match.index)) continue
    const answers = form.answers(name, path)
    if (answers === undefined) continue
    const start = match.index
    const stem = stemOf(lastPart(form.folders?.(name) ?? name))
    found.push({ refers: form.refers, name, start, end: start + match[0].length, stem, answers })
  }
  return found
}

/** Comments of ERB, Haml, Slim, Ruby, Jinja, Liquid and Handlebars on the same line. */
function isComment(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  return /<%#(?:(?!%>).)*$|^\s*(-#|\/|#)|\{#(?:(?!#\}).)*$|\{\{!|\{\{--|\{%-?\s*comment/.test(line)
}

function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), 0)).replace(/^\//, '')
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** `x/y` answers to files `…/x/y<ending>`; with `mark`, to `…/x/_y<ending>`. */
function suffix(name: string, mark: string, ending: string): (path: string) => boolean {
  const clean = name.replace(/^\.?\//, '')
  const slash = clean.lastIndexOf('/') + 1
  const pattern = new RegExp(`(^|/)${literal(clean.slice(0, slash))}${mark}${literal(clean.slice(slash))}${ending}$`)
  return path => pattern.test(path)
}

function railsPartial(name: string): ((path: string) => boolean) | undefined {
  return name.startsWith('.') || name.endsWith('/')
    ? undefined
    : suffix(name.replace(/\/_(?=[^/]+$)/, '/'), '_', '(\\.[^/]+)')
}

/** A path with its ending, below any template folder. Namespaces (`@Bundle/…`, `pkg::…`) belong to libraries. */
function whole(name: string, from: string): ((path: string) => boolean) | undefined {
  if (/[@:]|\{\{|^\.\.\//.test(name) || !name.includes('.')) return undefined
  return name.startsWith('./') ? besides(name, from, '') : suffix(name, '', '')
}

/** Twig counts from the folder of all templates, whatever dot the name begins with. */
function belowRoot(name: string, from: string): ((path: string) => boolean) | undefined {
  return whole(name.replace(/^\.\//, ''), from)
}

/** A path relative to the file that refers to it. */
function besides(name: string, from: string, ending: string): ((path: string) => boolean) | undefined {
  const parts = from.split('/').slice(0, -1)
  for (const part of name.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.' && part !== '') parts.push(part)
  }
  const pattern = new RegExp(`^${literal(parts.join('/'))}${ending}$`)
  return path => pattern.test(path)
}

const quoted = `["'](?<name>[\\w./-]+)["']`
const extended = `["'](?<name>[\\w./@:-]+)["']`

const tag = (words: string, after: string): RegExp =>
  new RegExp(`\\{%[-+~]?\\s*(?:${words})\\s+${extended}\\s*${after}`, 'g')

const forms: Readonly<Record<EngineName, readonly Form[]>> = {
  rails: [
    {
      refers: 'partial',
      // In a view a bare name is a partial; elsewhere only `partial:` is.
      only: /\.(erb|haml|slim|rhtml)$/,
      pattern: new RegExp(`\\brender[ (]\\s*(?:\\(\\s*)?(?:partial:\\s*|:partial\\s*=>\\s*)?${quoted}`, 'g'),
      answers: railsPartial,
    },
    {
      refers: 'partial',
      only: /\.rb$/,
      pattern: new RegExp(`\\brender(?:_to_string)?\\b[^\\n#]{0,120}?(?:\\bpartial:|:partial\\s*=>)\\s*${quoted}`, 'g'),
      answers: railsPartial,
    },
    {
      refers: 'partial',
      only: /\.jbuilder$/,
      pattern: new RegExp(
        `\\bjson\\.(?:partial!\\s*\\(?\\s*(?:partial:\\s*)?|array![^\\n#]{0,120}?\\bpartial:\\s*)${quoted}`,
        'g',
      ),
      answers: railsPartial,
    },
  ],
  jinja: [
    { refers: 'partial', pattern: tag('include', '(?!.*ignore missing)'), answers: whole },
    { refers: 'partial', pattern: tag('import|from', ''), answers: whole },
    { refers: 'layout', pattern: tag('extends', ''), answers: whole },
  ],
  twig: [
    { refers: 'partial', pattern: tag('include|embed|import|from', '(?!.*ignore missing)'), answers: belowRoot },
    { refers: 'layout', pattern: tag('extends', ''), answers: belowRoot },
    {
      refers: 'partial',
      pattern: new RegExp(`\\{\\{\\s*include\\(\\s*${extended}(?![^)]*ignore_missing)`, 'g'),
      answers: belowRoot,
    },
  ],
  liquid: [
    {
      refers: 'partial',
      // Without quotes and without an ending it is a variable.
      pattern: /\{%-?\s*(?:include|render)\s+(?:["'](?=[\w./-]+["'])|(?=[\w/-]+\.))(?<name>[\w./-]+)/g,
      answers: name => suffix(name, '_?', '(\\.(liquid|html|md))*'),
    },
    { refers: 'partial', pattern: tag('section', ''), answers: name => suffix(`sections/${name}`, '', '\\.liquid') },
  ],
  handlebars: [
    {
      refers: 'partial',
      pattern: /\{\{~?#?>\s*["']?(?<name>[\w./-]+)["']?/g,
      answers: name =>
        name === '@partial-block' ? undefined : suffix(name, '_?', '\\.(hbs|handlebars|mustache|html)'),
    },
  ],
  blade: [
    {
      refers: 'partial',
      pattern: /@include\(\s*["'](?<name>[\w.:/-]+)["']/g,
      answers: bladeView,
      folders: dotted,
    },
    { refers: 'layout', folders: dotted, pattern: /@extends\(\s*["'](?<name>[\w.:/-]+)["']/g, answers: bladeView },
  ],
  ejs: [
    {
      refers: 'partial',
      pattern: /<%-\s*include\(?\s*["'](?<name>[\w./-]+)["']/g,
      answers: name => suffix(name.replace(/^(\.\.?\/)+/, ''), '', '(\\.ejs|\\.html)?'),
    },
  ],
  pug: [
    {
      refers: 'partial',
      pattern: /^[ \t]*(?:include|extends)\s+(?<name>[\w./-]+)[ \t]*$/gm,
      answers: (name, from) =>
        name.startsWith('/') ? suffix(name, '', '(\\.(pug|jade))?') : besides(name, from, '(\\.(pug|jade))?'),
    },
  ],
}

function bladeView(name: string): ((path: string) => boolean) | undefined {
  if (name.includes('::')) return undefined
  return suffix(dotted(name), '', '\\.(blade\\.php|php|html)')
}

function dotted(name: string): string {
  return name.replaceAll('.', '/')
}
