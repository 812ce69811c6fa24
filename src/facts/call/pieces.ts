import type { Source } from '../../artifact/types.ts'
import { type Boot, runsOnce } from './boot.ts'
import type { ShellText } from './found.ts'

/** Shell text found in a file of another format, and what starts it. */
export interface Piece extends ShellText {
  readonly boot?: Boot
  /** CI job, compose service, process type …; '' when there is none. */
  readonly job: string
}

/** The characters between two offsets, with the given parts of them blanked out at equal length. */
export function masked(text: string, start: number, end: number, ...patterns: readonly RegExp[]): string {
  let piece = text.slice(start, end)
  for (const pattern of patterns) piece = piece.replace(pattern, found => ' '.repeat(found.length))
  return piece
}

/** `["sh", "-c", "…"]` written as a command line of equal length: brackets and commas between the strings become blanks. */
export function listAsLine(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[[\],]/g, found => (found.length === 1 ? ' ' : found))
}

/** Expressions of CI systems and templates become variables of equal length, since a shell cannot read them. */
export function withoutTemplates(text: string): string {
  return text.replace(/\$?\{\{[\s\S]*?\}\}/g, found => `\${${found.slice(3, -1).replace(/\W/g, '_')}}`)
}

/** Commands of a Procfile. */
export function procfilePieces({ text }: Source): readonly Piece[] {
  return [...text.matchAll(/^([\w-]+):[ \t]*(.+)$/gm)].map(match => {
    const [line, type = '', command = ''] = match
    const boot = { place: `Procfile ${type} process`, releasePhase: runsOnce.test(type) }
    return { text: command, start: match.index + line.length - command.length, job: type, boot }
  })
}

/** RUN, CMD and ENTRYPOINT of a Dockerfile; the last two run at start. */
export function dockerfilePieces({ text }: Source): readonly Piece[] {
  const pieces: Piece[] = []
  const pattern = /^[ \t]*(RUN|CMD|ENTRYPOINT)[ \t]+/gim
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const name = (match[1] ?? '').toUpperCase()
    const start = match.index + match[0].length
    const end = endOfInstruction(text, start)
    // Docker drops comment lines inside an instruction, and its own options are not the shell's.
    const body = masked(text, start, end, /(?<=\n)[ \t]*#.*\n/g, /^(--\w+=\S+\s+)+/)
    const line = /^\s*\[/.test(body) ? listAsLine(body) : body
    pieces.push({
      text: line,
      start,
      job: '',
      ...(name === 'RUN' ? {} : { boot: { place: `Dockerfile ${name}`, releasePhase: false } }),
    })
    pattern.lastIndex = Math.max(end, start)
  }
  return pieces
}

function endOfInstruction(text: string, start: number): number {
  const first = text.slice(start, endOfLine(text, start))
  const heredoc = /<<-?["']?(\w+)["']?/.exec(first)?.[1]
  if (heredoc !== undefined) {
    const close = new RegExp(`^\\t*${heredoc}[ \\t]*$`, 'm').exec(text.slice(start))
    return close === null ? text.length : start + close.index + close[0].length
  }
  let end = endOfLine(text, start)
  while (end < text.length) {
    const lineStart = text.lastIndexOf('\n', end - 1) + 1
    const line = text.slice(lineStart, end)
    const isComment = lineStart > start && /^\s*#/.test(line)
    if (!isComment && !/\\\s*$/.test(line)) break
    end = endOfLine(text, end + 1)
  }
  return end
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at === -1 ? text.length : at
}

/** Start commands of package.json and fly.toml, which are one string each. */
export function startPieces(source: Source): readonly Piece[] {
  const pattern = source.path.endsWith('.toml')
    ? /^\s*(release_command|web|app|worker|cmd)\s*=\s*"((?:[^"\\]|\\.)*)"/gm
    : /"(start|start:prod|start:production|prestart|poststart|postinstall|preinstall|heroku-postbuild|postdeploy)"\s*:\s*"((?:[^"\\]|\\.)*)"/g
  return [...source.text.matchAll(pattern)].map(match => {
    const [all, key = '', command = ''] = match
    const once = /release_command|postbuild|postdeploy|install/.test(key)
    const boot = {
      place: source.path.endsWith('.toml') ? `fly.toml ${key}` : `package.json ${key} script`,
      releasePhase: once,
    }
    return { text: command.replace(/\\"/g, ' "'), start: match.index + all.length - command.length - 1, job: key, boot }
  })
}

/** `local-exec` commands and user data of Terraform. */
export function terraformPieces({ text }: Source): readonly Piece[] {
  const pieces: Piece[] = []
  const pattern = /\b(command|user_data)(\s*=\s*)(<<[-~]?"?(\w+)"?[^\n]*\n|base64encode\(<<[-~]?(\w+)[^\n]*\n|")/g
  for (const match of text.matchAll(pattern)) {
    const start = match.index + match[0].length
    const isUserData = match[1] === 'user_data'
    if (
      !isUserData &&
      !/provisioner\s+"local-exec"\s*\{[^}]*$/.test(text.slice(Math.max(0, match.index - 2000), match.index))
    )
      continue
    const tag = match[4] ?? match[5]
    const close = tag === undefined ? /(?<!\\)"/ : new RegExp(`^\\s*${tag}\\s*$`, 'm')
    const body = text.slice(start, start + 20_000)
    const plain = withoutInterpolation(body)
    const length = close.exec(plain)?.index ?? plain.length
    const boot = isUserData ? { boot: { place: 'instance user data', releasePhase: false } } : {}
    pieces.push({ text: plain.slice(0, length), start, job: isUserData ? 'user_data' : 'local-exec', ...boot })
  }
  return pieces
}

/** `${…}` with its nested braces and strings becomes a variable of equal length; `%{…}` and `$${` likewise. */
function withoutInterpolation(text: string): string {
  let out = ''
  for (let at = 0; at < text.length; at++) {
    if (!/^[$%]\{/.test(text.slice(at, at + 2)) || text[at - 1] === '$') {
      out += text[at]
      continue
    }
    let depth = 0
    let end = at + 1
    for (; end < text.length; end++) {
      if (text[end] === '{') depth++
      else if (text[end] === '}' && --depth === 0) break
    }
    out += `\${${text.slice(at + 2, end).replace(/\W/g, '_')}}`
    at = end
  }
  return out
}
