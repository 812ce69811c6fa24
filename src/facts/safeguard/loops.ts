import { lineSpan, lineText } from '../../text/lines.ts'
import { countOf, type Loss, pairsOf, type Sides, short, spanAt } from './found.ts'

const pauses =
  /\b(?:time\.|tokio::time::|thread::|Thread\.|asyncio\.|Process\.|:timer\.|gevent\.|Task\.)?(?:sleep|Sleep|usleep|delay|Delay|setTimeout|send_after|time\.After|time\.Tick|parkNanos|sleep_for|nanosleep)\b\s*[( ]/
const anyPause =
  /sleep|usleep|\bdelay|Delay\(|setTimeout|send_after|time\.After|\bTick|throttle|back_?off|\bwait\b|interval/i
const endless =
  /^\s*(?:'\w+:\s*)?(?:loop\s*(?:\{|do\b)|while\s*\(?\s*(?:true|True|1|:)\s*\)?|for\s*\{|for\s*\(\s*;\s*;|for\s+_?\s*:?=?\s*range\s+\w*(?:[cC]h|ticker)|until\s+false|forever|(?:async\s+)?def\s+handle_info|def\s+handle_info|do\s*\{)/

/** Endless loops, and messages a process sends to itself, that no longer pause. */
export function lostPauses(sides: Sides): readonly Loss[] {
  return [...selfMessages(sides), ...pausesOf(sides), ...forever(sides)]
}

/** A process that wakes itself after a time, and now does so at once. */
function selfMessages({ artifact, base, head }: Sides): readonly Loss[] {
  if (artifact.language !== 'elixir') return []
  return [...head.text.matchAll(/(?<![\w.])(?:Kernel\.)?send\(\s*self\(\)\s*,\s*(:\w+)\s*\)/g)].flatMap(
    (match): readonly Loss[] => {
      const message = match[1] ?? ''
      const timed = new RegExp(`send_after\\(\\s*self\\(\\)\\s*,\\s*${message}\\b`, 'g')
      const handler = text(head.text, match.index)
      if (!handler.includes(`handle_info(${message}`)) return []
      if (countOf(base.text, timed) === 0 || countOf(head.text, timed) >= countOf(base.text, timed)) return []
      const line = head.text.slice(0, match.index).split('\n').length
      return [
        { what: 'pause', name: message, before: `send_after(self(), ${message}, …)`, span: lineSpan(head.lines, line) },
      ]
    },
  )
}

/** The function around an offset, as far as its `def` tells. */
function text(source: string, at: number): string {
  return source.slice(source.lastIndexOf('\n  def', at), at)
}

function pausesOf({ artifact, base, head, gone, arrived }: Sides): readonly Loss[] {
  const line = gone.find(other => pauses.test(other))
  if (line === undefined || anyPause.test(arrived) || artifact.language === 'shell') return []
  for (const { baseStart, baseCount, headStart, headCount } of artifact.hunks) {
    const lines = Array.from({ length: baseCount }, (_, at) => lineText(base.lines, baseStart + at))
    if (!lines.includes(line)) continue
    const around = loopAround(head, headStart, headCount)
    if (around !== undefined && stillCalls(head, around))
      return [
        {
          what: 'pause',
          name: short(lineText(head.lines, around)),
          before: short(line),
          span: lineSpan(head.lines, around),
        },
      ]
  }
  return []
}

/** Line of the endless loop around the changed lines, by indentation. */
function loopAround(head: Sides['head'], start: number, count: number): number | undefined {
  const inner = lineText(head.lines, Math.max(1, count > 0 ? start : start - 1))
  let indent = inner.length - inner.trimStart().length
  for (let at = start; at >= Math.max(1, start - 40); at--) {
    const line = lineText(head.lines, at)
    if (line.trim() === '') continue
    const own = line.length - line.trimStart().length
    if (endless.test(line) && own <= indent) return at
    if (own < indent) indent = own
    if (own === 0) return undefined
  }
  return undefined
}

/** A loop that calls over the network or asks a store; one that waits on something by itself needs no pause. */
function stillCalls({ lines }: Sides['head'], start: number): boolean {
  const body = Array.from({ length: 25 }, (_, at) => lineText(lines, start + at)).join('\n')
  return (
    /\b(?:send|post|get|fetch|request|query|execute|poll|pull|publish|connect|call|perform|ping|find|select|Do)\b!?\s*\(?/i.test(
      body,
    ) && !/\brecv|\baccept\b|blpop|brpop|BLPOP|receive\b|next\(\)|<-\s*\w|\.read\(|wait\(|queue\.get\(/.test(body)
  )
}

/** Retries with a pause or an end that become retries without either. */
function forever(sides: Sides): readonly Loss[] {
  const { artifact, head } = sides
  if (artifact.language === 'csharp') {
    if (!sides.gone.some(line => /WaitAndRetry/.test(line))) return []
    return [...head.text.matchAll(/\.(Retry(?:Forever)?(?:Async)?)\(/g)].flatMap((match): readonly Loss[] => {
      const line = head.text.slice(0, match.index).split('\n').length
      const fresh = sides.come.some(other => other.includes(`.${match[1]}(`))
      return fresh && !/WaitAndRetry/.test(head.text)
        ? [{ what: 'backoff', name: match[1] ?? '', before: 'WaitAndRetry', span: lineSpan(head.lines, line) }]
        : []
    })
  }
  if (artifact.language !== 'python') return []
  return pairsOf(sides, /@(?:tenacity\.)?retry\b/g).flatMap(([old, now]): readonly Loss[] =>
    /stop\s*=/.test(old.text) && !/stop|\*\*/.test(now.text) && /wait\s*=/.test(now.text)
      ? [
          {
            what: 'backoff',
            name: '@retry',
            before: short(/stop\s*=[^,)]*\)?/.exec(old.text)?.[0] ?? ''),
            after: 'without an end',
            span: spanAt(head, now),
          },
        ]
      : [],
  )
}
