import type { Artifact, Language } from '../../artifact/types.ts'
import { flag, text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'
import { javaLogging } from './java.ts'

export const logfileFields = {
  form: word(
    ['lost', 'never-rotates', 'added'],
    'The log was kept within bounds at base; it is written by something that rotates, with settings under which it does not; or it is new.',
  ),
  writer: text('What writes it: `logging.FileHandler`, `Logger.new`, `winston File transport`, `FileAppender`.'),
  log: text('Path of the log as far as it is written out; empty where it is computed.'),
  bound: text('What would keep it within bounds, as in `RotatingFileHandler(…, maxBytes=…, backupCount=…)`.'),
  absolute: flag('The path is written out and begins at the root of the machine.'),
}

/** A log file that the change lets grow without a limit. Source: calls and settings of logging libraries. */
export type LogfileFact = FactOf<'logfile', typeof logfileFields>

const languages: readonly Language[] = ['ruby', 'python', 'javascript', 'typescript', 'tsx', 'php', 'go', 'yaml', 'ini']

const mentions =
  /FileHandler|Logger\.new|basicConfig|transports\.File|createWriteStream|pino\.destination|loguru|FileAppender|StreamHandler|lumberjack|^Standard(?:Output|Error)=(?:append|file):/m

export const logfileKind = {
  name: 'logfile',
  doc: 'A log file that the change lets grow without a limit: a handler or appender without rotation, and rotation that was taken away or never takes place.',
  fields: logfileFields,
  wants: (artifact: Artifact) =>
    artifact.head !== undefined &&
    artifact.role === 'live' &&
    languages.includes(artifact.language) &&
    artifact.head.text.length < 500_000 &&
    mentions.test(artifact.head.text),
  concerns: paths => paths.some(path => javaLogging.test(path)),
  load: async () => (await import('./extract.ts')).extractLogfiles,
} satisfies FactKind
