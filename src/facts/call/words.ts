import type { Node } from 'web-tree-sitter'

/** One word of a shell command: what the shell would see, with variables kept, and where it stands in the text. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
  /** Stands in one pair of quotes. */
  readonly quoted: boolean
}

/** Program, arguments and `NAME=value` prefixes of a `command` node. */
export function wordsOf(command: Node): { readonly words: readonly Word[]; readonly environment: readonly string[] } {
  const words: Word[] = []
  const environment: string[] = []
  for (const child of command.namedChildren) {
    if (child === null || child.type === 'comment') continue
    if (child.type === 'variable_assignment') environment.push(child.text)
    else if (!/redirect/.test(child.type)) {
      const inner = child.type === 'command_name' ? (child.firstNamedChild ?? child) : child
      words.push({
        text: plain(inner),
        start: inner.startIndex,
        end: inner.endIndex,
        quoted: /string$/.test(inner.type),
      })
    }
  }
  return { words, environment }
}

/** Text of a word without its quotes; `${NAME}` is written `$NAME`. */
export function plain(node: Node): string {
  const text = node.text
  switch (node.type) {
    case 'raw_string':
      return text.slice(1, -1)
    case 'ansi_c_string':
      return text.slice(2, -1)
    case 'string':
      return simple(text.slice(1, -1).replace(/\\(["$`\\])/g, '$1'))
    case 'concatenation':
      return node.children.map(child => (child === null ? '' : plain(child))).join('')
    case 'word':
      return text.replace(/\\(.)/g, '$1')
    default:
      return simple(text)
  }
}

function simple(text: string): string {
  return text.replace(/\$\{(\w+)\}/g, '$$$1')
}

/** Programs that run the rest of their words as another command, with the options of theirs that take a value. */
const prefixes: Readonly<Record<string, RegExp>> = {
  sudo: /^-[ugpChrtTU]$|^--(user|group|prompt|host|chdir)$/,
  doas: /^-[uC]$/,
  env: /^-[uSC]$/,
  nohup: /^$/,
  time: /^-[fo]$/,
  exec: /^-a$/,
  command: /^$/,
  builtin: /^$/,
  stdbuf: /^-[ioe]$/,
  setsid: /^$/,
  chronic: /^$/,
  nice: /^-n$/,
  ionice: /^-[cnp]$/,
  timeout: /^-[ks]$|^--(kill-after|signal)$/,
  chroot: /^$/,
  gosu: /^$/,
  'su-exec': /^$/,
  tini: /^-[pe]$/,
  'dumb-init': /^$/,
  npx: /^(-p|--package)$/,
  bunx: /^$/,
  poetry: /^$/,
  uv: /^$/,
  pipenv: /^$/,
  bundle: /^$/,
  pnpm: /^$/,
}
/** Words between the program and the command that are neither options nor the command: a user, a duration, `run`. */
const skipped: Readonly<Record<string, number>> = { timeout: 1, chroot: 1, gosu: 1, 'su-exec': 1 }
const subcommand: Readonly<Record<string, RegExp>> = {
  poetry: /^run$/,
  uv: /^run$/,
  pipenv: /^run$/,
  bundle: /^exec$/,
  pnpm: /^(exec|dlx)$/,
}

/** Drops `sudo`, `env X=1`, `bundle exec`, `timeout 5` … and the folder of the program. */
export function unwrap(words: readonly Word[]): {
  readonly words: readonly Word[]
  readonly environment: readonly string[]
} {
  let rest = words
  const environment: string[] = []
  for (let round = 0; round < 8; round++) {
    const program = baseName(rest[0]?.text ?? '')
    const takesValue = Object.hasOwn(prefixes, program) ? prefixes[program] : undefined
    if (takesValue === undefined) break
    let at = 1
    const needed = subcommand[program]
    if (needed !== undefined) {
      if (!needed.test(rest[1]?.text ?? '')) break
      at = 2
    }
    for (let toSkip = skipped[program] ?? 0; at < rest.length; at++) {
      const word = rest[at]?.text ?? ''
      if (word === '--') {
        at++
        break
      }
      if (word.startsWith('-')) {
        if (takesValue.test(word)) at++
      } else if (/^[A-Za-z_]\w*=/.test(word)) environment.push(word)
      else if (toSkip > 0) toSkip--
      else break
    }
    if (at >= rest.length) break
    rest = rest.slice(at)
  }
  return { words: rest, environment }
}

/** `/usr/bin/redis-cli` and `./bin/rails` are `redis-cli` and `rails`. */
export function baseName(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1)
}
