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
