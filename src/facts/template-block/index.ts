import type { Artifact } from '../../artifact/types.ts'
import { flag, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const templateBlockFields = {
  problem: word(
    ['unclosed', 'unopened', 'crossed', 'output'],
    '`unclosed`: a block that nothing ends. `unopened`: an end without a beginning. `crossed`: an end that belongs to another block. `output`: an expression such as `{{ name }` whose end is missing.',
  ),
  engine: word(['jinja', 'handlebars', 'go', 'erb', 'blade', 'ejs'], 'Language of the template.'),
  tag: text('The tag as written, on one line.'),
  wanted: text('What would end the block, or the expression: `{% endif %}`, `{{/if}}`, `}}`; empty for `unopened`.'),
  mail: flag('The template is one of mails, which no visitor looks at.'),
}

/** A block or expression of a template that does not end where it should, while the file was sound at base or is new. */
export type TemplateBlockFact = FactOf<'template-block', typeof templateBlockFields>

const templated = /\.(tmpl|gotmpl|gohtml|j2|jinja2?|erb)$/
const sample = /(^|\/)(examples?|samples?|demos?|docs?|tutorials?|playground|tests?|specs?)\//

export const templateBlockKind = {
  name: 'template-block',
  doc: 'A template (Jinja, Django, Twig, Liquid, Handlebars, Go, ERB, EJS, Blade) whose blocks or expressions do not end where they should, which it did at base.',
  fields: templateBlockFields,
  wants: ({ role, language, kind, head, path }: Artifact) =>
    head !== undefined &&
    (kind === 'helm-template' ||
      (role === 'live' && language === 'template') ||
      // By their endings these look like samples of other files.
      (role === 'example' && templated.test(path) && !sample.test(path))),
  load: async () => (await import('./extract.ts')).extractTemplateBlocks,
} satisfies FactKind
