import type { Artifact } from '../../artifact/types.ts'
import { flag, number, optional, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const templateFields = {
  refers: word(
    ['partial', 'layout', 'view', 'variable'],
    'What is referred to: a partial or include, the template a template extends, the view a mailer action renders, or an instance variable.',
  ),
  name: text('Name as written: `shared/footer`, `emails/base.html`, `@user`.'),
  engine: text('Template engine: rails, jinja, liquid, handlebars, twig, blade, ejs, pug.'),
  exists: flag('Whether something at head answers to the name.'),
  removed: text(
    'Path of the template that the change takes away and that the name stood for at base; empty otherwise.',
  ),
  removedTogether: number('Templates that the change takes away, when `removed` is one of them; else 0.'),
  usedIn: text('Path of the file that refers to it.'),
  usedAt: number('Line of the reference in `usedIn`, counted from 1.'),
  local: flag(
    'The folder named in the reference holds other templates of this repository, so it is not one of a library.',
  ),
  mail: flag('The template (or the file that uses it) belongs to mails, which no visitor looks at.'),
  similar: optional(text('Path of a template at head whose name is one or two letters away.')),
}

/** A reference from a template, mailer or controller to a template, or from a mail to a variable. */
export type TemplateFact = FactOf<'template', typeof templateFields>

const rendersPartial = /\bpartial:|:partial\s*=>/

export const templateKind = {
  name: 'template',
  doc: 'A reference to another template (partial, include, layout, mail view) that the change adds or whose target it takes away, and a variable that a mail view reads on a changed line.',
  fields: templateFields,
  wants(artifact: Artifact): boolean {
    if (artifact.role !== 'live') return false
    if (artifact.language === 'template') return true
    const text = artifact.head?.text
    if (artifact.language !== 'ruby' || text === undefined) return false
    return /(^|\/)app\/.*_?mailers?\//.test(artifact.path) || rendersPartial.test(text)
  },
  load: async () => (await import('./extract.ts')).extractTemplates,
} satisfies FactKind
