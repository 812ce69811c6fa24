/** What a command may touch of the process around it. */
export interface Io {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: Date
  /** Standard output is a terminal. */
  readonly terminal: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** The report goes here, everything else to `err`. */
  out(text: string): void
  err(text: string): void
  readInput(): Promise<string>
}

/** Colour by flag, then NO_COLOR, then FORCE_COLOR, then whether a person is looking. */
export function useColor(when: 'auto' | 'always' | 'never', io: Pick<Io, 'env' | 'terminal'>): boolean {
  if (when !== 'auto') return when === 'always'
  if (io.env.NO_COLOR) return false
  const forced = io.env.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return io.terminal && io.env.TERM !== 'dumb'
}
