import { closest } from '../../text/distance.ts'
import type { RotationFact } from './index.ts'
import { allOptions, bareOptions, bytesOf, frequencies, numberOptions, scriptOptions, sizeOptions } from './options.ts'

/** One thing that logrotate does not read as it is written. */
export interface Trouble {
  readonly problem: RotationFact['problem']
  readonly detail: string
  /** Line (from 1). */
  readonly line: number
  readonly quickFix?: string
  readonly resembles?: string
}

/** What is set for one block, its file's defaults included. */
export interface Settings {
  /** Days between rotations; of time and size, the one that is written last counts. */
  readonly days?: number
  readonly size?: number
  readonly maxsize?: number
  readonly rotate?: number
  readonly compress?: boolean
  /** The log is truncated, or a script tells its writer to open it anew. */
  readonly reopened?: boolean
}

/** A block: logs and how they are rotated. */
export interface Block {
  readonly logs: readonly string[]
  readonly settings: Settings
  readonly line: number
  readonly endLine: number
  /** Line on which an option is set. */
  readonly at: ReadonlyMap<string, number>
  /** logrotate skips the block. */
  readonly refused?: Trouble
  readonly misread: readonly Trouble[]
}

export interface Rotations {
  readonly blocks: readonly Block[]
  /** logrotate skips the whole file from here on. */
  readonly refused?: Trouble
  /** Of options outside all blocks. */
  readonly misread: readonly Trouble[]
}

interface Open {
  logs: string[]
  line: number
  settings: { -readonly [K in keyof Settings]: Settings[K] }
  at: Map<string, number>
  refused?: Trouble
  misread: Trouble[]
}

const templateTag = /\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|\$\{.*?\}|\$[A-Za-z_]\w*/g

/** Reads a configuration the way logrotate 3.21 does (test/measured/logrotate.jsonl). */
export function readRotations(text: string): Rotations {
  const lines = text.split('\n').map(maskTemplates)
  const blocks: Block[] = []
  const defaults: Open = { logs: [], line: 0, settings: {}, at: new Map(), misread: [] }
  let open: Open | undefined
  let waiting: { logs: string[]; line: number } | undefined
  const close = (endLine: number) => {
    if (open) blocks.push(finish(open, endLine))
    open = undefined
  }
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1
    let rest = (lines[index] ?? '').trim()
    while (rest !== '') {
      const target: Open = open ?? defaults
      if (rest.startsWith('#')) break
      if (rest.startsWith('}')) {
        if (!open) return { blocks, misread: defaults.misread, refused: stray(line) }
        close(line)
        rest = rest.slice(1).trim()
        continue
      }
      if (/^[/"'~]/.test(rest) || (!open && rest.startsWith('\u00a4'))) {
        if (open) {
          const detail = `\`${rest.slice(0, 60)}\` names a log inside the block of ${open.logs[0] ?? 'another'}, whose \`}\` is missing`
          open.refused ??= { problem: 'nested-block', detail, line }
          break
        }
        const [names = '', after] = splitAt(rest, '{')
        waiting = { logs: [...(waiting?.logs ?? []), ...logsOf(names)], line: waiting?.line ?? line }
        if (after === undefined) break
        open = begin(waiting, defaults)
        waiting = undefined
        rest = after.trim()
        continue
      }
      if (rest.startsWith('{') && waiting) {
        open = begin(waiting, defaults)
        waiting = undefined
        rest = rest.slice(1).trim()
        continue
      }
      const word = /^[A-Za-z]+/.exec(rest)?.[0]
      const after = word === undefined ? '' : rest.slice(word.length)
      if (word === undefined || !/^([\s=]|$)/.test(after)) {
        // A block whose log is no absolute path is not begun at all.
        const detail =
          after.startsWith('.') || /\{\s*$/.test(rest) ? relative(rest) : `\`${rest.slice(0, 60)}\` is no option`
        const trouble: Trouble = { problem: 'bad-line', detail, line }
        if (open) open.refused ??= trouble
        else if (/\{\s*$/.test(rest)) {
          open = begin({ logs: [rest.replace(/\s*\{\s*$/, '')], line }, defaults)
          open.refused = trouble
        } else target.misread.push(trouble)
        break
      }
      if (scriptOptions.has(word)) {
        const end = lines.findIndex((other, at) => at > index && /^\s*endscript\b/.test(other))
        if (end === -1) {
          const detail = `the script after \`${word}\` has no \`endscript\``
          const trouble: Trouble = { problem: 'no-endscript', detail, line }
          if (open) blocks.push(finish(open, lines.length))
          return { blocks, misread: defaults.misread, refused: trouble }
        }
        target.settings.reopened ||= word === 'postrotate' || word === 'lastaction'
        target.at.set(word, line)
        index = end
        break
      }
      rest = option(word, after.trim().replace(/^=\s*/, ''), line, lines[index] ?? '', target)
    }
  }
  close(lines.length)
  return { blocks, misread: defaults.misread }
}

function begin(head: { logs: string[]; line: number }, defaults: Open): Open {
  return { ...head, settings: { ...defaults.settings }, at: new Map(), misread: [] }
}

function finish({ logs, line, settings, at, refused, misread }: Open, endLine: number): Block {
  const greedy = at.has('olddir') ? undefined : logs.find(log => log.endsWith('*'))
  if (greedy !== undefined) {
    const detail = `\`${greedy}\` also matches what was rotated before (\`….1\`, \`….gz\`), so each old log is rotated again and again`
    misread.push({ problem: 'rotates-its-own', detail, line })
  }
  return { logs, line, endLine, settings, at, misread, ...(refused ? { refused } : {}) }
}

/** Reads one option; what is left of the line is returned. */
function option(word: string, value: string, line: number, text: string, target: Open): string {
  const { settings, at } = target
  const refuse = (problem: Trouble['problem'], detail: string, quickFix?: string) => {
    target.refused ??= { problem, detail, line, ...(quickFix === undefined ? {} : { quickFix }) }
    return ''
  }
  const days = frequencies[word]
  if (days !== undefined) {
    settings.days = days
    delete settings.size
    at.set('frequency', line)
    // `weekly` may name a day.
    return value.replace(/^[\d.]+/, '').trim()
  }
  if (sizeOptions.has(word)) {
    if (isTemplated(value)) return ''
    const size = bytesOf(value)
    if (!('bytes' in size)) return refuse(...badSize(word, value, size.unit, text))
    if (word === 'size' && settings.days !== undefined) {
      const was = Object.keys(frequencies).find(name => frequencies[name] === settings.days)
      const detail = `\`size ${value}\` replaces \`${was ?? 'the frequency'}\` above it: the log is rotated by size alone`
      target.misread.push({ problem: 'frequency-lost', detail, line, quickFix: text.replace(/\bsize\b/, 'maxsize') })
      delete settings.days
    }
    if (word === 'size') settings.size = size.bytes
    if (word === 'maxsize') settings.maxsize = size.bytes
    at.set(word, line)
    return ''
  }
  if (numberOptions.has(word)) {
    if (isTemplated(value)) return ''
    if (!/^-?\d+$/.test(value) || Number(value) < -1) return refuse(...badNumber(word, value, text))
    if (word === 'rotate') settings.rotate = Number(value)
    if (word === 'rotate' && value === '-1')
      target.misread.push({ problem: 'keeps-forever', detail: '`rotate -1` never removes an old log', line })
    at.set(word, line)
    return ''
  }
  if (bareOptions.has(word)) {
    if (word === 'compress' || word === 'nocompress') settings.compress = word === 'compress'
    if (word === 'copytruncate') settings.reopened = true
    at.set(word, line)
    return /^(create|su|olddir|mail|include|dateformat|extension|addextension|tabooext|taboopat|errors|compress\w+|uncompresscmd|createolddir)$/.test(
      word,
    )
      ? ''
      : value
  }
  if (/^[a-z]+$/.test(word) && !isTemplated(word)) {
    const resembles = closest(word, allOptions)
    target.misread.push({
      problem: 'unknown-option',
      detail: `logrotate knows no option \`${word}\` and passes over the line`,
      line,
      ...(resembles === undefined ? {} : { resembles, quickFix: text.replace(word, resembles) }),
    })
  }
  return ''
}

type Refusal = readonly [problem: Trouble['problem'], detail: string, quickFix?: string]

function badSize(word: string, value: string, unit: string | undefined, text: string): Refusal {
  if (value.includes('#')) return trailingComment(word, value, text)
  const upper = /^(\d+)\s*([kmg])i?b?$/i.exec(value)
  const right = upper ? `${upper[1]}${(upper[2] ?? '').toUpperCase()}` : undefined
  const detail = `\`${word} ${value}\`: ${unit === undefined ? 'this is no size' : `\`${unit}\` is no unit; logrotate knows k, M and G only`}`
  return right === undefined ? ['unknown-unit', detail] : ['unknown-unit', detail, text.replace(value, right)]
}

function badNumber(word: string, value: string, text: string): Refusal {
  if (value.includes('#')) return trailingComment(word, value, text)
  return ['bad-number', `\`${word} ${value}\`: this is no number`]
}

function trailingComment(word: string, value: string, text: string): Refusal {
  const detail = `\`${word} ${value}\`: behind a value a comment is part of the value`
  return ['bad-number', detail, text.replace(/\s*#.*$/, '')]
}

function stray(line: number): Trouble {
  return { problem: 'bad-line', detail: 'there is a `}` that closes nothing', line }
}

function relative(rest: string): string {
  return /^[\w.*-]+(\/|\.)/.test(rest) && !rest.startsWith('/')
    ? `\`${rest.replace(/\s*\{.*$/, '')}\` is no absolute path`
    : `\`${rest.slice(0, 60)}\` begins with neither an option nor a path`
}

function logsOf(text: string): string[] {
  return (text.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map(name => name.replace(/^["']|["']$/g, ''))
}

function splitAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Tags that are filled in later become a letter that no option has; lines that are only tags become blank. */
function maskTemplates(line: string): string {
  const bare = line.replace(templateTag, '').trim()
  return bare === '' && bare !== line.trim() ? '' : line.replace(templateTag, '\u00a4')
}

function isTemplated(text: string): boolean {
  return text.includes('\u00a4')
}
