import { lineSpan, lineText } from '../../text/lines.ts'
import { escapePattern } from '../../text/pattern.ts'
import { type Loss, type Sides, short } from './found.ts'

/** Safeguards that are a line, or a word of a line, of their own. */
export function lostLines(sides: Sides): readonly Loss[] {
  return [...rateLimits(sides), ...errexit(sides), ...conditions(sides), ...drains(sides)]
}

const limits =
  /\brate_?-?limit(?:er|ed|ing|s)?\b|\bthrottle(?:d|s|r|_classes|_scope|_rates)?\b|slow_?down|[lL]imiter\b|RateLimit\w*|Throttle\w*|Hammer\.|PlugAttack|Rack::Attack/i
/** Where the limit is put on something, not where it is imported or described. */
const applies =
  /\.use\(|middleware|->throttle|@\w*(?:limit|throttle)|\[\w*(?:RateLimit|Throttle)|\bplug\b|throttle\(|throttle_(?:classes|scope)\s*=|DEFAULT_THROTTLE|UseRateLimiter|RequireRateLimiting|preHandler|register\(|Depends\(|before_action/i
const imports = /^\s*(?:import|from|use|require|using|const\s+\w+\s*=\s*require|alias)\b/
const delays =
  /_?\.throttle\(\s*(?:\(|async|function)|lodash|debounce|throttle\((?:this|\w+)\s*,\s*\d+\)|throttle\(\s*\d+\s*,\s*(?:function|async|\()/
const serves =
  /\b(?:get|post|put|patch|delete|route|resources?|use|group|path|endpoint|Map\w+|ViewSet|APIView|Controller|handle\w*)\b/i

/** A limit on requests that goes while the routes behind it stay. */
function rateLimits({ artifact, gone, head, arrived }: Sides): readonly Loss[] {
  if (limits.test(arrived) || /limit_req|too_?many/i.test(arrived)) return []
  if (/(^|\/)(src\/)?(components|pages|hooks|frontend|ui|public)\//.test(artifact.path)) return []
  const line = gone.find(text => limits.test(text) && applies.test(text) && !imports.test(text) && !delays.test(text))
  if (line === undefined) return []
  // The whole part goes with its limit.
  const route = /["'`](\/[\w/:{}*.-]+)["'`]/.exec(line)?.[1]
  if (route !== undefined && !head.text.includes(route)) return []
  const named = /\bthrottle\(\s*["'](\w+)/.exec(line)?.[1]
  if (named !== undefined && !head.text.includes(named)) return []
  if (!serves.test(head.text) || gone.length > 60) return []
  const at = lineOf(artifact.hunks, artifact.base, line, head.lines.starts.length)
  return [
    { what: 'rate-limit', name: limits.exec(line)?.[0] ?? '', before: short(line), span: lineSpan(head.lines, at) },
  ]
}

/** Line of head at which a removed line of base stood. */
function lineOf(
  hunks: Sides['artifact']['hunks'],
  base: Sides['artifact']['base'],
  line: string,
  last: number,
): number {
  for (const { baseStart, baseCount, headStart } of hunks)
    for (let at = 0; at < baseCount; at++)
      if (base !== undefined && lineText(base.lines, baseStart + at) === line)
        return Math.max(1, Math.min(headStart, last))
  return 1
}

const stops = /^\s*set\s+(?:-\w*e\w*|-o\s+errexit)\b/m
const outside =
  /\b(?:rm|migrate|deploy\w*|kubectl|helm|terraform|docker|psql|mysql\w*|pg_dump|aws|gcloud|az|rsync|systemctl|ansible\S*|heroku|cap|rails|manage\.py|artisan|alembic|mongo\w*|redis-cli|mv|dd)\b/

/** A script that no longer stops at the first failure. */
function errexit({ artifact, base, head, gone }: Sides): readonly Loss[] {
  if (artifact.language !== 'shell' || !stops.test(base.text)) return []
  if (stops.test(head.text) || /^#!.*\s-\w*e/.test(head.text) || /\btrap\b[^\n]*\bERR\b/.test(head.text)) return []
  const commands = withoutBlank(head.text)
  // Each failure is looked at by hand.
  const looked = commands.filter(line => /\|\||&&|\bif\b|\$\?/.test(line)).length
  if (commands.length < 2 || looked * 2 >= commands.length) return []
  const at = lineOf(artifact.hunks, base, gone.find(line => stops.test(line)) ?? '', head.lines.starts.length)
  return [
    {
      what: 'errexit',
      name: (stops.exec(base.text)?.[0] ?? '').trim(),
      acts: commands.filter(line => outside.test(line)).length > 0,
      span: lineSpan(head.lines, Math.max(1, at)),
    },
  ]
}

const withoutBlank = (text: string): readonly string[] =>
  text.split('\n').filter(line => line.trim() !== '' && !/^\s*#/.test(line))

const change = /["'`\s](?:DELETE\s+FROM\s+["`[]?([\w.]+)|UPDATE\s+["`[]?([\w.]+)["`\]]?\s+SET\s)/i

/** A DELETE or UPDATE written out in code that lost its condition. */
function conditions({ artifact, base, head, gone }: Sides): readonly Loss[] {
  if (!gone.some(line => /\bWHERE\b/i.test(line))) return []
  const text = head.text
  const losses: Loss[] = []
  for (const hunk of artifact.hunks) {
    for (let at = hunk.headStart; at < hunk.headStart + Math.max(hunk.headCount, 1); at++) {
      const line = lineText(head.lines, at)
      const found = change.exec(line)
      const table = found?.[1] ?? found?.[2]
      if (table === undefined || /^\s*(#|\/\/|\*|--)/.test(line)) continue
      const from = (head.lines.starts[at - 1] ?? 0) + line.search(change)
      const statement = text.slice(from, from + 600)
      // The statement ends with its quote, a semicolon or a blank line; built up further, its condition may come later.
      const rest = statement.slice(1)
      const end = rest.search(/["'`;](?=\s*[),;\]]|\s*$)|\n\s*\n/m)
      const whole = end === -1 ? rest : rest.slice(0, end)
      if (end === -1 || /\bWHERE\b|\bLIMIT\b|\bUSING\b|\bJOIN\b|[$#]\{|%s|\+\s*$|\.format/i.test(whole)) continue
      const escaped = escapePattern(table)
      const had = new RegExp(
        `(?:DELETE\\s+FROM\\s+["\`[]?${escaped}\\b|UPDATE\\s+["\`[]?${escaped}["\`\\]]?\\s+SET)[^;]{0,400}?\\bWHERE\\b`,
        'i',
      )
      if (!had.test(base.text) || new RegExp(had.source, 'i').test(head.text)) continue
      losses.push({
        what: 'condition',
        name: table,
        before: short(had.exec(base.text)?.[0] ?? ''),
        span: lineSpan(head.lines, at),
      })
    }
  }
  return losses
}

const onStop =
  /\bprocess\.(?:on|once)\(\s*["'`]SIGTERM["'`][^\n]*|\bsignal\.signal\(\s*signal\.SIGTERM[^\n]*|\badd_signal_handler\(\s*signal\.SIGTERM[^\n]*|\bsignal\.Notify(?:Context)?\([^\n]*SIGTERM[^\n]*|\b(?:Signal\.)?trap\(?\s*["':](?:SIG)?TERM["']?[^\n]*|\bpcntl_signal\(\s*SIGTERM[^\n]*/
/** Nothing but an exit: what is under way is cut off as without a handler. */
const onlyExits =
  /=>\s*(?:process\.)?exit\(|=>\s*\{\s*process\.exit\([^)]*\);?\s*\}|\bSIG_DFL\b|\{\s*exit!?\s*\}|lambda[^:]*:\s*(?:sys\.)?exit\(/

/** A process that finished its work when it was told to stop, and no longer does. */
function drains({ artifact, base, head, gone, arrived }: Sides): readonly Loss[] {
  const was = onStop.exec(base.text)?.[0]
  if (was === undefined || onlyExits.test(was) || !gone.some(line => onStop.test(line))) return []
  const now = onStop.exec(head.text)?.[0]
  if (now === undefined ? /SIGTERM|graceful|terminus|\btrap\b/i.test(arrived) : !onlyExits.test(now)) return []
  const line = gone.find(text => onStop.test(text)) ?? ''
  const at =
    now === undefined
      ? lineOf(artifact.hunks, base, line, head.lines.starts.length)
      : head.text.slice(0, head.text.indexOf(now)).split('\n').length
  return [
    {
      what: 'drain',
      name: 'SIGTERM',
      before: short(was),
      after: short(now ?? ''),
      span: lineSpan(head.lines, Math.max(1, at)),
    },
  ]
}
