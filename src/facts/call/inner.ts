import { baseName, type Word } from './words.ts'

/** A command that another command runs: on another machine, in a container, or for each line it reads. */
export interface Inner {
  /** Offsets of the command's text, as the inner shell reads it. */
  readonly start: number
  readonly end: number
  /** ssh, ansible …; empty when it runs on this machine or in a container beside it. */
  readonly remote: string
  /** The many machines it runs on, where the command says so itself. */
  readonly fleet: string
  /** In batches, or on a named part of the fleet. */
  readonly paced: boolean
  /** Reads its arguments from what is piped in. */
  readonly perLine: boolean
}

const plainInner = { remote: '', fleet: '', paced: false, perLine: false }

/** Finds the command inside `ssh host …`, `sh -c …`, `kubectl exec … -- …`, `xargs …`, `ansible all -a …`. */
export function innerOf(words: readonly Word[]): Inner | undefined {
  const program = baseName(words[0]?.text ?? '')
  const texts = words.map(word => word.text)
  switch (program) {
    case 'ssh':
    case 'autossh':
    case 'mosh': {
      const host = firstArgument(texts, 1, /^-[BbcDEeFIiJLlmOopQRSWw]$/)
      return piece(words, host + 1, { ...plainInner, remote: 'ssh' })
    }
    case 'sh':
    case 'bash':
    case 'zsh':
    case 'dash':
    case 'ash':
    case 'ksh':
    case 'su':
    case 'script': {
      const at = texts.findIndex(text => /^-[a-z]*c$|^--command$/.test(text))
      return at < 1 ? undefined : piece(words, at + 1, plainInner, 1)
    }
    case 'eval':
      return piece(words, 1, plainInner)
    case 'xargs':
      return piece(
        words,
        firstArgument(texts, 1, /^-[IEeLnPsdai]$|^--(max-args|max-procs|max-lines|replace|delimiter|arg-file)$/),
        { ...plainInner, perLine: true },
      )
    case 'parallel':
      return piece(words, firstArgument(texts, 1, /^-[jaIN]$|^--(jobs|arg-file)$/), { ...plainInner, perLine: true })
    case 'find': {
      const at = texts.findIndex(text => /^-(exec|execdir|ok)$/.test(text))
      return at < 1 ? undefined : piece(words, at + 1, plainInner)
    }
    case 'docker':
    case 'docker-compose':
    case 'podman':
    case 'nerdctl':
      return inContainer(words, texts)
    case 'kubectl':
    case 'oc':
      return texts.includes('exec') && texts.includes('--')
        ? piece(words, texts.indexOf('--') + 1, plainInner)
        : undefined
    case 'heroku':
    case 'scalingo':
      return /^run/.test(texts[1] ?? '')
        ? piece(words, firstArgument(texts, 2, /^-[as]$|^--(app|size|remote)$/), plainInner)
        : undefined
    case 'fly':
    case 'flyctl':
    case 'gcloud': {
      const at = texts.findIndex(text => /^(-C|--command)$/.test(text))
      return at < 1 ? undefined : piece(words, at + 1, { ...plainInner, remote: program }, 1)
    }
    case 'doppler':
    case 'op':
    case 'chamber':
    case 'aws-vault':
    case 'dotenv':
    case 'wait-for-it.sh':
    case 'wait-for-it':
    case 'dockerize':
    case 'wait-for':
      return texts.includes('--') ? piece(words, texts.indexOf('--') + 1, plainInner) : undefined
    default:
      return onFleet(program, words, texts)
  }
}

/** Tools that run one command on many machines. */
function onFleet(program: string, words: readonly Word[], texts: readonly string[]): Inner | undefined {
  const fleet = (from: number, over: string, paced: boolean, count?: number): Inner | undefined =>
    piece(words, from, { remote: program, fleet: over, paced, perLine: false }, count)
  const line = texts.join(' ')
  const option = (pattern: RegExp): string => pattern.exec(line)?.[0] ?? ''
  switch (program) {
    case 'pssh':
    case 'parallel-ssh':
    case 'clush':
    case 'pdsh':
    case 'dsh':
    case 'mussh': {
      const from = firstArgument(texts, 1, /^-[hHpltoeOxwgfXMF]$|^--(hosts?|hostfile|par|user|timeout)$/)
      return fleet(
        from,
        option(/(-h|--hosts?|--hostfile|-w|-g|-M)[ =]\S+|-a\b/) || program,
        /\s(-p|--par|-f)[ =]?[12]\b/.test(line),
      )
    }
    case 'ansible': {
      const at = texts.findIndex(text => /^(-a|--args)$/.test(text))
      const hosts = texts[firstArgument(texts, 1, /^-[amiulfbe]$|^--\w+$/)] ?? ''
      return at < 1
        ? undefined
        : fleet(
            at + 1,
            isChosen(hosts) ? '' : `ansible ${hosts}`,
            /\s(-l|--limit)[ =]|\s(-f|--forks)[ =]?[12]\b/.test(line),
            1,
          )
    }
    case 'salt':
      return fleet(3, isChosen(texts[1] ?? '') ? '' : `salt ${texts[1] ?? ''}`, /\s(-b|--batch|--subset)/.test(line))
    case 'knife':
      return texts[1] === 'ssh'
        ? fleet(3, `knife ssh ${texts[2] ?? ''}`, /\s(-C|--concurrency)[ =]?[12]\b/.test(line), 1)
        : undefined
    case 'sdc-oneachnode':
      return fleet(
        firstArgument(texts, 1, /^-[nt]$/),
        /\s(-a|--all)\b/.test(line) ? 'sdc-oneachnode -a' : '',
        /\s-n\b/.test(line),
      )
    default:
      return undefined
  }
}

/** One machine, or those that the caller of the script names. */
const isChosen = (hosts: string): boolean => /^(localhost|127\.0\.0\.1|\$[\w@*]+|\$\{\w+\})$/.test(hosts)

function inContainer(words: readonly Word[], texts: readonly string[]): Inner | undefined {
  const verb = texts.findIndex(text => text === 'exec' || text === 'run')
  if (verb < 1) return undefined
  const isPlainRun = texts[verb] === 'run' && !texts.includes('compose') && !/compose/.test(texts[0] ?? '')
  if (isPlainRun) return undefined
  return piece(
    words,
    firstArgument(texts, verb + 1, /^-[euwvp]$|^--(env|user|workdir|index|name|entrypoint|volume|publish)$/) + 1,
    plainInner,
  )
}

/** Index of the first word from `from` that is neither an option nor the value of one. */
function firstArgument(texts: readonly string[], from: number, takesValue: RegExp): number {
  let at = from
  for (; at < texts.length; at++) {
    const text = texts[at] ?? ''
    if (!text.startsWith('-')) break
    if (takesValue.test(text)) at++
  }
  return at
}

function piece(
  words: readonly Word[],
  from: number,
  how: Omit<Inner, 'start' | 'end'>,
  count = Infinity,
): Inner | undefined {
  const rest = words.slice(from, from + count)
  const first = rest[0]
  const last = rest.at(-1)
  if (first === undefined || last === undefined) return undefined
  const isText = rest.length === 1 && first.quoted
  return { ...how, start: first.start + (isText ? 1 : 0), end: last.end - (isText ? 1 : 0) }
}
