import { environmentOf, roleOf } from '../../artifact/classify.ts'
import type { ChangedFile } from '../../change/types.ts'
import { globs } from '../../text/glob.ts'
import { indexLines, lineSpan, positionAt } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { SecretFileFact } from './index.ts'
import { namesSecrets } from './names.ts'

/** A private key with its text, also escaped as in JSON; encrypted ones need a password of their own. */
const privateKey =
  /-----BEGIN (?:RSA |EC |DSA |OPENSSH )?PRIVATE KEY-----(?:\s|\\n|\\r)+(?!Proc-Type|ENC\[)[A-Za-z0-9+/=]{40,}/

/** Files with secrets that the change adds. */
export async function extractSecretFiles(
  { change, config }: FactContext,
  artifacts: readonly { readonly path: string }[],
): Promise<Extraction & { readonly facts: readonly SecretFileFact[] }> {
  const ignored = globs(config.ignore)
  const wanted = new Set(artifacts.map(({ path }) => path))
  const facts: SecretFileFact[] = []
  for (const file of change.files) {
    if (ignored(file.path) || file.status === 'deleted' || file.status === 'renamed') continue
    if (!wanted.has(file.path) && !namesSecrets(file.path)) continue
    const fact = await factOf(file)
    if (fact) facts.push(fact)
  }
  return { facts, notAnalysed: [] }
}

async function factOf(file: ChangedFile): Promise<SecretFileFact | undefined> {
  const { path } = file
  if (path.endsWith('.dockerignore')) return letIn(file)
  const common = {
    kind: 'secret-file',
    path,
    side: 'head',
    name: path.slice(path.lastIndexOf('/') + 1),
    local: isLocal(path),
  } as const
  const start = { line: 1, column: 1, endLine: 1, endColumn: 1 }
  const head = await file.read('head')
  if (file.status === 'added' && /\.tfstate(\.\w+)?$/.test(path)) {
    const isState = head !== undefined && 'text' in head && /"(terraform_version|resources)"/.test(head.text)
    return isState ? { ...common, span: start, what: 'terraform-state' } : undefined
  }
  // A saved plan is a zip archive: there is no text to read.
  if (file.status === 'added' && head !== undefined && 'unreadable' in head && !/\.(pem|key)$/.test(path))
    return { ...common, span: start, what: 'terraform-plan' }
  if (head === undefined || !('text' in head)) return undefined
  const found = privateKey.exec(head.text)
  if (found === null) return undefined
  const base = await file.read('base')
  if (base !== undefined && 'text' in base && privateKey.test(base.text)) return undefined
  const lines = indexLines(head.text)
  return { ...common, span: lineSpan(lines, positionAt(lines, found.index).line), what: 'private-key' }
}

/** Patterns for files with secrets that leave a list of what stays out of an image. */
async function letIn(file: ChangedFile): Promise<SecretFileFact | undefined> {
  const [base, head] = [await file.read('base'), await file.read('head')]
  if (base === undefined || head === undefined || !('text' in base) || !('text' in head)) return undefined
  const kept = head.text.split('\n').map(line => line.trim())
  // A list that begins with everything names what may come in.
  if (kept.some(line => /^(\*|\*\*|\.\*|\/)$/.test(line))) return undefined
  const lines = indexLines(base.text)
  for (const [at, line] of base.text.split('\n').entries()) {
    const pattern = line.trim()
    if (!secretPattern.test(pattern) || kept.some(other => covers(other, pattern))) continue
    return {
      kind: 'secret-file',
      path: file.path,
      side: 'base',
      span: lineSpan(lines, at + 1),
      what: 'in-image',
      name: pattern,
      local: false,
    }
  }
  return undefined
}

const secretPattern =
  /^(\*\*\/|\/)?(\.env(\.\*|\*|\.local|\.production)?|\*?\*?\.env(\.\*|\*)?|\*\.(pem|key|p12|pfx|jks|tfvars)|id_rsa\*?|secrets?(\/|\.\w+)?|credentials?(\/|\.\w+)?|\.aws\/?|\.ssh\/?|\.npmrc|\.netrc|kubeconfig|master\.key|config\/master\.key)$/

/** The same pattern in another form, or a wider one. */
function covers(other: string, pattern: string): boolean {
  const bare = (text: string): string => text.replace(/^(\*\*\/|\/|\*\*|\*)/, '').replace(/(\.\*|\*|\/)$/, '')
  return (
    other !== '' &&
    !/^[#!]/.test(other) &&
    (bare(other) === bare(pattern) ||
      (other.endsWith('*') && bare(pattern).startsWith(bare(other)) && bare(other) !== ''))
  )
}

/** Keys for a developer's machine, for tests and examples guard nothing. */
function isLocal(path: string): boolean {
  return (
    roleOf(path) !== 'live' ||
    environmentOf(path) === 'lower' ||
    /(^|[/._-])(local(host)?|snake-?oil|dummy|fake|mock|dev|devel|self-?signed|ssl-cert|certs?-dev|minica|mkcert|vagrant|insecure|fixtures?|spec|kitchen|dkim-test)([/._-]|$)/i.test(
      path,
    )
  )
}
