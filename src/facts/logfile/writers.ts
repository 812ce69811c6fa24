/** Something that writes a log file, as one side of the change has it. */
export interface Writer {
  readonly writer: string
  readonly file: string
  readonly offset: number
  readonly state: 'unbounded' | 'never-rotates' | 'bounded'
  readonly bound: string
}

interface Form {
  /** Matches up to the opening bracket; the bracketed rest is read after it. */
  readonly start: RegExp
  readonly writer: string
  readonly bound: string
  /** Undefined when it writes no file. */
  state(inside: string, start: string): Writer['state'] | undefined
}

const none = /^\s*(nil|None|null|undefined|false|0)\s*$/

const python: readonly Form[] = [
  {
    start: /(?<![\w.])(?:logging\.)?(?:handlers\.)?RotatingFileHandler\(/g,
    writer: 'RotatingFileHandler',
    bound: 'maxBytes and backupCount',
    state: inside => {
      const size = option(inside, 'maxBytes', 2)
      const count = option(inside, 'backupCount', 3)
      return isNothing(size) || isNothing(count) ? 'never-rotates' : 'bounded'
    },
  },
  {
    start: /(?<![\w.])(?:logging\.)?(?:handlers\.)?TimedRotatingFileHandler\(/g,
    writer: 'TimedRotatingFileHandler',
    bound: 'backupCount',
    state: inside => (isNothing(option(inside, 'backupCount', 3)) ? 'never-rotates' : 'bounded'),
  },
  {
    start: /(?<![\w.])(?:logging\.)?FileHandler\(/g,
    writer: 'logging.FileHandler',
    bound: 'RotatingFileHandler with maxBytes and backupCount',
    state: () => 'unbounded',
  },
  {
    start: /(?<![\w.])logging\.basicConfig\(/g,
    writer: 'logging.basicConfig',
    bound: 'RotatingFileHandler with maxBytes and backupCount',
    state: inside => (/\bfilename\s*=(?!\s*None)/.test(inside) ? 'unbounded' : undefined),
  },
  {
    start: /(?<![\w.])logger\.add\(/g,
    writer: 'loguru',
    bound: 'rotation and retention',
    state: inside => {
      if (!/^\s*[rf]?["'][^"']*\.(log|txt|jsonl?)["']/.test(inside)) return undefined
      return /\brotation\s*=/.test(inside) ? 'bounded' : 'unbounded'
    },
  },
]

const ruby: readonly Form[] = [
  {
    start: /(?<![\w:])(?:::)?(?:ActiveSupport::)?Logger\.new\(/g,
    writer: 'Logger.new',
    bound: 'the number and the size of the logs to keep: Logger.new(path, 5, 100.megabytes)',
    state: inside => {
      const [target = '', ...more] = argumentsOf(inside)
      if (!/["'][^"']*\.log|File\.|\.join\(|_path\b|_file\b/.test(target)) return undefined
      const kept = more.filter(argument => !/^\s*(level|progname|formatter|datetime_format)\s*:/.test(argument))
      return kept.length > 0 && !none.test(kept[0] ?? '') ? 'bounded' : 'unbounded'
    },
  },
]

const javascript: readonly Form[] = [
  {
    start: /\btransports\.File\(/g,
    writer: 'File transport of winston',
    bound: 'maxsize and maxFiles',
    state: inside => (/\bmaxsize\s*:/.test(inside) ? 'bounded' : 'unbounded'),
  },
  {
    start: /\btransports\.DailyRotateFile\(|\bnew DailyRotateFile\(/g,
    writer: 'DailyRotateFile of winston',
    bound: 'maxFiles',
    state: inside => (/\bmaxFiles\s*:/.test(inside) ? 'bounded' : 'never-rotates'),
  },
  {
    start: /\bcreateWriteStream\(/g,
    writer: 'fs.createWriteStream',
    bound: 'a stream that rotates (rotating-file-stream, pino-roll)',
    state: inside => (/\.log["'`]/.test(inside) && /flags["']?\s*:\s*["']a/.test(inside) ? 'unbounded' : undefined),
  },
  {
    start: /\bpino\.destination\(/g,
    writer: 'pino.destination',
    bound: 'pino-roll with size and limit',
    state: inside => (/\.log["'`]/.test(inside) ? 'unbounded' : undefined),
  },
]

const php: readonly Form[] = [
  {
    start: /\bnew\s+(?:\\?[\w\\]+\\)?StreamHandler\(/g,
    writer: 'StreamHandler of Monolog',
    bound: 'RotatingFileHandler with a number of files',
    state: inside => (/\.log\b/.test(inside) ? 'unbounded' : undefined),
  },
  {
    start: /\bnew\s+(?:\\?[\w\\]+\\)?RotatingFileHandler\(/g,
    writer: 'RotatingFileHandler of Monolog',
    bound: 'a number of files greater than 0',
    state: inside => (isNothing(argumentsOf(inside)[1]) ? 'never-rotates' : 'bounded'),
  },
]

const go: readonly Form[] = [
  {
    start: /\blumberjack\.Logger\{/g,
    writer: 'lumberjack.Logger',
    bound: 'MaxBackups or MaxAge',
    state: inside => (/\bMax(Backups|Age):\s*[^0\s]/.test(inside) ? 'bounded' : 'never-rotates'),
  },
]

const forms: Readonly<Record<string, readonly Form[]>> = {
  python,
  ruby,
  javascript,
  typescript: javascript,
  tsx: javascript,
  php,
  go,
}

/** The writers of log files in a text. Comments are left out where a whole line is one. */
export function writersIn(text: string, language: string): readonly Writer[] {
  const bare = text.replace(/^\s*(#|\/\/|\*).*$/gm, line => ' '.repeat(line.length))
  if (language === 'yaml' || language === 'ini' || language === 'python' || language === 'xml') {
    const settings = language === 'xml' ? appenders(bare) : handlerClasses(bare)
    return [...calls(bare, forms[language] ?? []), ...settings, ...(language === 'ini' ? unitOutputs(bare) : [])]
  }
  return calls(bare, forms[language] ?? [])
}

function calls(text: string, all: readonly Form[]): readonly Writer[] {
  return all.flatMap(({ start, writer, bound, state }) =>
    [...text.matchAll(start)].flatMap((found): readonly Writer[] => {
      if (/\bclass\s+$|\bdef\s+$|\bimport\s+$/.test(text.slice(Math.max(0, found.index - 10), found.index))) return []
      const inside = bracketed(text, found.index + found[0].length)
      const now = inside === undefined ? undefined : state(inside, found[0])
      if (inside === undefined || now === undefined) return []
      return [{ writer, bound, state: now, file: fileIn(inside), offset: found.index }]
    }),
  )
}

/** Handlers in settings of Python's logging: a dictionary, YAML or INI with the name of the class. */
function handlerClasses(text: string): readonly Writer[] {
  const found = /["']?class["']?\s*[:=]\s*["']?logging\.(?:handlers\.)?(\w*FileHandler)\b["']?/g
  return [...text.matchAll(found)].flatMap((match): readonly Writer[] => {
    const [, name = ''] = match
    if (name === 'WatchedFileHandler') return []
    const around = blockAround(text, match.index)
    const file = /filename["']?\s*:\s*["']?([^"'\s,}]+)/.exec(around)?.[1] ?? ''
    const common = { writer: `logging.${name}`, file, offset: match.index }
    const kept = /backupCount["']?\s*:\s*["']?([1-9]|\w*[A-Za-z])/.test(around)
    const sized = /maxBytes["']?\s*:\s*["']?([1-9]|\w*[A-Za-z(])/.test(around)
    if (name === 'FileHandler')
      return [{ ...common, state: 'unbounded', bound: 'RotatingFileHandler with maxBytes and backupCount' }]
    const bounded = name === 'TimedRotatingFileHandler' ? kept : kept && sized
    // In INI the arguments stand in a tuple that is not read here.
    if (/\bargs\s*=/.test(around)) return []
    return [{ ...common, state: bounded ? 'bounded' : 'never-rotates', bound: 'maxBytes and backupCount' }]
  })
}

/** A unit of systemd that appends what its service prints to a file: systemd never cuts it. Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html */
function unitOutputs(text: string): readonly Writer[] {
  const files = new Set<string>()
  return [...text.matchAll(/^Standard(?:Output|Error)=(?:append|file):(\/\S+)/gm)].flatMap(
    (found): readonly Writer[] => {
      const [, file = ''] = found
      // Devices and what is empty after a restart of the machine. Both streams usually go to one file.
      if (/^\/(dev|run|proc)\//.test(file) || files.has(file)) return []
      files.add(file)
      return [
        {
          writer: 'systemd',
          file,
          offset: found.index,
          state: 'unbounded',
          bound: 'a block for it in logrotate, or leave the output to the journal',
        },
      ]
    },
  )
}

/** Appenders of Logback and Log4j 2. */
function appenders(text: string): readonly Writer[] {
  const plain = text.replace(/<!--[\s\S]*?-->/g, comment => comment.replace(/[^\n]/g, ' '))
  const logback = [...plain.matchAll(/<appender\b[^>]*\bclass="[\w.]*?(\w+)"[^>]*>([\s\S]*?)<\/appender>/g)]
  const log4j = [...plain.matchAll(/<(File|RollingFile|RollingRandomAccessFile)\b([^>]*(?:\/>|>[\s\S]*?<\/\1>))/g)]
  return [...logback, ...log4j].flatMap((match): readonly Writer[] => {
    const [, name = '', inside = ''] = match
    if (!/^(FileAppender|RollingFileAppender|File|RollingFile|RollingRandomAccessFile)$/.test(name)) return []
    const file = /<file>\s*([^<]+?)\s*<\/file>|\bfileName="([^"]+)"/.exec(inside)
    const common = { writer: name, file: file?.[1] ?? file?.[2] ?? '', offset: match.index }
    if (name === 'FileAppender' || name === 'File')
      return [{ ...common, state: 'unbounded', bound: 'a rolling appender with maxHistory and totalSizeCap' }]
    const capped =
      /<maxHistory>|<totalSizeCap>|<maxIndex>|DefaultRolloverStrategy[^>]*\bmax=|<Delete\b|FixedWindow/.test(inside)
    return [{ ...common, state: capped ? 'bounded' : 'never-rotates', bound: 'maxHistory and totalSizeCap' }]
  })
}

/** Text up to the bracket that closes the one before `from`. */
function bracketed(text: string, from: number): string | undefined {
  let depth = 1
  for (let at = from; at < Math.min(text.length, from + 2000); at++) {
    const sign = text[at]
    if (sign === '(' || sign === '[' || sign === '{') depth++
    else if ((sign === ')' || sign === ']' || sign === '}') && --depth === 0) return text.slice(from, at)
  }
  return undefined
}

function argumentsOf(inside: string): readonly string[] {
  const found: string[] = []
  let depth = 0
  let current = ''
  for (const sign of inside) {
    if ('([{'.includes(sign)) depth++
    else if (')]}'.includes(sign)) depth--
    if (sign === ',' && depth === 0) {
      found.push(current)
      current = ''
    } else current += sign
  }
  return current.trim() === '' ? found : [...found, current]
}

/** A keyword argument, or the positional one at `index`. */
function option(inside: string, name: string, index: number): string | undefined {
  const all = argumentsOf(inside)
  const named = all.find(argument => new RegExp(`^\\s*${name}\\s*=`).test(argument))
  if (named !== undefined) return named.slice(named.indexOf('=') + 1)
  if (all.some(argument => /^\s*\*/.test(argument))) return 'given'
  const positional = all[index]
  return positional === undefined || /^\s*\w+\s*=/.test(positional) ? undefined : positional
}

function isNothing(value: string | undefined): boolean {
  return value === undefined || none.test(value)
}

function fileIn(inside: string): string {
  return /["'`]([^"'`\n]*[\w}]\.(?:log|txt|jsonl?|out))["'`]/.exec(inside)?.[1] ?? ''
}

/** The lines around an offset that are indented alike, or the braces around it on its line. */
function blockAround(text: string, offset: number): string {
  return text.slice(Math.max(0, text.lastIndexOf('{', offset)), offset + 400).split(/\}|\n\s*\n|\n\[/)[0] ?? ''
}
