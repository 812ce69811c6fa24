import type { Artifact, Source } from '../../artifact/types.ts'
import { lineText } from '../../text/lines.ts'
import { argumentsFrom, freshMatches, type Slip } from './found.ts'

/** Where code answers requests of users: a call that hangs there holds a worker. */
const serving =
  /(^|\/)(views?|controllers?|handlers?|api|apis|routes?|routers?|services?|resolvers?|middlewares?|endpoints?|clients?|gateways?|server|webhooks?|lambda|functions)(\/|\.|_)/i
/** What visitors wait for, by the thing that is done. */
const visited =
  /(^|\/)(checkout|payments?|carts?|baskets?|orders?|login|sign_?in|sign_?up|auth|authentication|pricing|quotes?)(\/|\.|_)/i
/** The file takes requests itself, wherever it lies. */
const takesRequests =
  /^\s*(?:from|import)\s+(?:flask|django\.(?:http|shortcuts|views)|fastapi|starlette|sanic|falcon|bottle|pyramid|rest_framework)\b|["'](?:express|fastify|koa|hono|next\/server|@nestjs\/common)["']|\bhttp\.ResponseWriter\b|\*gin\.Context\b|\becho\.Context\b|\*fiber\.Ctx\b|<\s*ApplicationController\b|\bSinatra::/m
/** Tools and scripts may wait; a browser ends what takes too long together with its page. */
const aside =
  /(^|\/)(scripts?|tools?|bin|notebooks?|examples?|migrations?|cli|cmd|dev|frontend|client-side|components|pages|public|www|web|ui|tasks?)(\/|\.)/i

/** Connections that are opened when a file is loaded, in a file that never looks whether they are still there. */
export function connectsOnce(artifact: Artifact, source: Source): readonly Slip[] {
  if (aside.test(artifact.path)) return []
  const { text } = source
  if (artifact.language === 'python') {
    if (/__main__|reconnect|is_closed|ping\(/.test(text)) return []
    return freshMatches(
      artifact,
      source,
      /^\w+\s*=\s*((?:psycopg2?|pymysql|MySQLdb|mysql\.connector|cx_Oracle|pyodbc|pika\.BlockingConnection|pymssql)(?:\.connect)?)\(/gm,
    ).map(({ match, span }) => ({ what: 'connects-once', name: match[1] ?? '', span }))
  }
  if (!['javascript', 'typescript'].includes(artifact.language)) return []
  if (
    /\.(on|once)\(\s*["'](close|error|disconnect|end)["']|addListener\(\s*["'](close|error)|reconnect|amqp-connection-manager|createPool|process\.argv/i.test(
      text,
    )
  )
    return []
  return freshMatches(
    artifact,
    source,
    /^(?:export\s+)?(?:const|let|var)\s+\w+\s*=\s*(?:await\s+)?((?:amqp|amqplib|rabbit\w*|mysql2?|nats|stompit|oracledb)\.(?:connect|createConnection|getConnection)|redis\.createClient|createClient(?=\(\s*\{[^}]*(?:redis|socket)))\(/gm,
  ).map(({ match, span }) => ({ what: 'connects-once', name: match[1] ?? '', span }))
}

/** Calls to another service without a limit of time, where requests are answered, that were not there before. */
export function withoutTimeout(artifact: Artifact, source: Source): readonly Slip[] {
  const found = limitless(artifact, source)
  const { base, hunks } = artifact
  if (found.length === 0 || base === undefined) return found
  // Looked at from the other side, the calls that went: a formatter, or a move, gives them back as they were.
  const swapped = hunks.map(({ headStart, headCount, baseStart, baseCount }) => ({
    headStart: baseStart,
    headCount: baseCount,
    baseStart: headStart,
    baseCount: headCount,
  }))
  const gone = limitless({ ...artifact, hunks: swapped }, base).map(({ name }) => name)
  return found.filter(({ name }) => {
    const at = gone.indexOf(name)
    if (at !== -1) gone.splice(at, 1)
    return at === -1
  })
}

function limitless(artifact: Artifact, source: Source): readonly Slip[] {
  const { path } = artifact
  if (aside.test(path) || !(serving.test(path) || visited.test(path) || takesRequests.test(source.text))) return []
  if (artifact.language === 'python') return pythonRequests(artifact, source)
  if (artifact.language === 'go')
    return freshMatches(artifact, source, /\bhttp\.(Get|Post|PostForm|Head)\(/g).map(({ match, span }) => ({
      what: 'no-timeout',
      name: `http.${match[1]}`,
      span,
    }))
  if (artifact.language === 'ruby') return rubyRequests(artifact, source)
  if (!['javascript', 'typescript'].includes(artifact.language)) return []
  return fetches(artifact, source)
}

function pythonRequests(artifact: Artifact, source: Source): readonly Slip[] {
  if (!/^\s*(import requests|from requests)\b/m.test(source.text)) return []
  return freshMatches(artifact, source, /\brequests\.(get|post|put|patch|delete|head|request)\(/g).flatMap(
    ({ match, span }) => {
      const open = source.text.indexOf('(', (source.lines.starts[span.line - 1] ?? 0) + span.column - 1)
      // `**options` may hold the limit.
      return /\btimeout\s*=|\*\*\w/.test(argumentsFrom(source.text, open))
        ? []
        : [{ what: 'no-timeout', name: `requests.${match[1]}`, span } satisfies Slip]
    },
  )
}

/** One-line calls of Ruby's libraries, which take no limit and wait for a minute by default, where nothing rescues. */
function rubyRequests(artifact: Artifact, source: Source): readonly Slip[] {
  if (/^\s*default_timeout\b/m.test(source.text)) return []
  return freshMatches(
    artifact,
    source,
    /(?<![\w:])(Net::HTTP\.(?:get|get_response|post|post_form)|URI\.open|HTTParty\.(?:get|post|put|delete)|RestClient\.(?:get|post|put|delete)|Faraday\.(?:get|post))[( ]/g,
  ).flatMap(({ match, span }): readonly Slip[] => {
    const near = Array.from({ length: 14 }, (_, at) => lineText(source.lines, Math.max(1, span.line - 4 + at))).join(
      '\n',
    )
    return /timeout|\brescue\b/i.test(near)
      ? []
      : [{ what: 'no-timeout', name: match[1] ?? '', after: 'a minute', span }]
  })
}

/** `fetch` or `axios` of an address elsewhere that neither has a signal nor stands in a `try`, nor catches. */
function fetches(artifact: Artifact, source: Source): readonly Slip[] {
  if (/defaults\.timeout|\bextend\(\s*\{[^}]*timeout/.test(source.text)) return []
  return freshMatches(
    artifact,
    source,
    /(?<![\w.$])(fetch|axios(?:\.(?:get|post|put|patch|delete))?|got(?:\.(?:get|post))?|needle|superagent\.(?:get|post))\(\s*["'`]https?:\/\/(?!localhost|127\.|\$\{)/g,
  ).flatMap(({ match, span }) => {
    const open = source.text.indexOf('(', (source.lines.starts[span.line - 1] ?? 0) + span.column - 1)
    const given = argumentsFrom(source.text, open)
    const behind = source.text.slice(open + given.length, open + given.length + 200)
    const above = Array.from({ length: 15 }, (_, at) => lineText(source.lines, span.line - at)).join('\n')
    if (/signal|timeout|AbortController/i.test(given) || /^\s*\.(catch|then)\b/.test(behind)) return []
    return /\btry\s*\{|AbortSignal|AbortController|timeout/i.test(above)
      ? []
      : [{ what: 'no-timeout', name: match[1] ?? '', span } satisfies Slip]
  })
}
