import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { spanOf } from '../../text/lines.ts'
import { engineOf } from '../template/engines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { bladeFault, ejsFault, erbFault } from './code.ts'
import { goFault, handlebarsFault, isGo, jinjaFault } from './curly.ts'
import type { Fault } from './found.ts'
import type { TemplateBlockFact } from './index.ts'

const longest = 150_000

/** Blocks and expressions that the change leaves without their end. */
export async function extractTemplateBlocks(
  _context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction> {
  const facts: TemplateBlockFact[] = []
  const notAnalysed: { path: string; reason: string }[] = []
  for (const artifact of artifacts) {
    const { base, head, path } = artifact
    if (head === undefined) continue
    if (head.text.length > longest) {
      notAnalysed.push({ path, reason: 'the template is too long for its blocks to be followed' })
      continue
    }
    const language = languageOf(artifact, head)
    const found = language && faultOf(language, head)
    const fault = found && onChange(found, artifact, head)
    // Unsound at base: the file is read in another way than is thought here, or was broken before.
    if (!language || !fault || (base !== undefined && faultOf(language, base) !== undefined)) continue
    facts.push({
      kind: 'template-block',
      path,
      side: 'head',
      span: spanOf(head.lines, fault.start, fault.end),
      problem: fault.problem,
      engine: language,
      tag: head.text.slice(fault.start, fault.end).replace(/\s+/g, ' ').slice(0, 80),
      wanted: fault.wanted,
      mail: /mail|newsletter|notification/i.test(path),
    })
  }
  return { facts, notAnalysed }
}

/** Of two tags that do not fit, the one that the change wrote. */
function onChange(fault: Fault, artifact: Artifact, { lines }: Source): Fault {
  const { start, end, opener, wanted } = fault
  if (opener === undefined || touches(artifact, 'head', spanOf(lines, start, end))) return fault
  return touches(artifact, 'head', spanOf(lines, opener.start, opener.end))
    ? { problem: 'unclosed', ...opener, wanted }
    : fault
}

const readers = {
  jinja: jinjaFault,
  handlebars: handlebarsFault,
  go: goFault,
  erb: erbFault,
  blade: bladeFault,
  ejs: ejsFault,
} satisfies Record<TemplateBlockFact['engine'], (text: string) => Fault | undefined>

const faultOf = (language: TemplateBlockFact['engine'], { text }: Source): Fault | undefined => readers[language](text)

function languageOf({ path, kind }: Artifact, { text }: Source): TemplateBlockFact['engine'] | undefined {
  if (kind === 'helm-template' || /\.(tmpl|gotmpl|gohtml)$/.test(path)) return 'go'
  if (/\.erb$/.test(path)) return 'erb'
  if (/\.(hbs|handlebars|mustache)$/.test(path)) return 'handlebars'
  if (/\.blade\.php$/.test(path)) return 'blade'
  if (/\.ejs$/.test(path)) return 'ejs'
  const engine = engineOf(path)
  if (/\.(twig|liquid|njk|j2|jinja2?)$/.test(path)) return 'jinja'
  if (engine !== 'jinja' && engine !== 'liquid') return undefined
  if (isGo(text)) return 'go'
  const rendered = /(^|\/)(templates|emails?|mails?|mailers?)\//.test(path)
  return /\{%/.test(text) || (rendered && text.includes('{{')) ? 'jinja' : undefined
}
