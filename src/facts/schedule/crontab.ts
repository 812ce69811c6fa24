import { type Cron, parseCron } from './parse.ts'

/** One line of a crontab. */
export type CrontabLine =
  | { readonly kind: 'blank' }
  | { readonly kind: 'variable'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'entry'
      readonly cron: Cron
      /** Column (from 1) at which the expression begins. */
      readonly column: number
      /** User the command runs as, in files that name one. */
      readonly user: string
      readonly command: string
    }

/** Reads a line as Debian's cron does; `withUser` for files below cron.d and /etc/crontab. */
export function readCrontabLine(line: string, withUser: boolean): CrontabLine {
  const text = line.replace(/\r$/, '')
  if (/^\s*(#|$)/.test(text)) return { kind: 'blank' }
  const variable = /^\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z_]\w*))\s*=\s*(.*)$/.exec(text)
  if (variable)
    return {
      kind: 'variable',
      name: variable[1] ?? variable[2] ?? variable[3] ?? '',
      value: unquote(variable[4] ?? ''),
    }
  const indent = text.length - text.trimStart().length
  const body = text.slice(indent)
  const macro = /^@\S+/.exec(body)?.[0]
  const expression = macro ?? /^\S+(?:[ \t]+\S+){0,4}/.exec(body)?.[0] ?? body
  const rest = body.slice(expression.length).trimStart()
  const user = withUser ? (/^\S+/.exec(rest)?.[0] ?? '') : ''
  const command = withUser ? rest.slice(user.length).trimStart() : rest
  const cron = parseCron(expression, 'vixie')
  // Debian takes a command that begins with a star for a field too many.
  const problems =
    command.startsWith('*') || rest.startsWith('*')
      ? [
          ...cron.problems,
          {
            column: 1,
            length: expression.length,
            message: 'a sixth field stands where the command should be; crontab reads five',
          },
        ]
      : cron.problems
  return { kind: 'entry', cron: { ...cron, problems }, column: indent + 1, user, command }
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2')
}
