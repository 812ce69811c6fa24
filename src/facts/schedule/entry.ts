import type { DialectName } from './dialects.ts'

/** A schedule written in a file: an expression with the name it goes by. */
export interface Entry {
  /** Identity within the file, to pair base with head; equal ids are told apart by order. */
  readonly id: string
  /** Name people know the job by. */
  readonly name: string
  readonly expression: string
  readonly dialect: DialectName
  /** Offsets of the expression in the source, quotes left out. */
  readonly start: number
  readonly end: number
  /** Offsets of the whole entry, for settings beside the expression. */
  readonly from: number
  readonly to: number
  /** Zone named beside the expression. */
  readonly zone?: { readonly name: string; readonly start: number; readonly end: number }
  /** A fixed interval instead of fields (`every: 30s`). */
  readonly everySeconds?: number
  /** What runs: class, image, command. */
  readonly command: string
  readonly suspended: boolean
  /** Kubernetes' concurrencyPolicy, '' elsewhere. */
  readonly concurrency: string
  /** Only one of several servers runs it (Laravel's `onOneServer`). */
  readonly oneServer?: boolean
  /** Environment named above the entry (solid_queue's `production:`). */
  readonly environment?: string
  /** The five fields meant, where the expression is written in another form (Celery's keywords). */
  readonly reads?: string
  /** The expression is filled in later: paired like any other, so that it does not look removed, but not judged. */
  readonly unknown?: boolean
  /** A crontab line whose user column holds no user name. */
  readonly missingUser?: boolean
  /** The last line of a crontab, without the line break that cron wants. */
  readonly unended?: boolean
  /** A crontab command with `%`, which cron turns into a line break. */
  readonly percent?: boolean
}

/** Is the text filled in later (Helm, ERB, shell, GitHub)? */
export function isTemplate(text: string): boolean {
  return /\{\{|<%|\$\{|\$\(|\$[A-Za-z_]|%\{|\{%|^\s*<[\w -]+>\s*$|__[A-Z][A-Z_]+__|@[A-Z_]{3,}@/.test(text)
}
