import type { Artifact, Source } from '../../artifact/types.ts'
import { lineText } from '../../text/lines.ts'
import { freshMatches, type Slip } from './found.ts'

/** What opens connections of its own and is meant to be made once for a whole program. */
const makes =
  /(?<![\w.])(?:new (?:pg\.)?(?:Pool|PrismaClient|MongoClient|Sequelize|Kafka|KafkaProducer(?:<[\w, ]*>)?|HikariDataSource|CqlSession|IORedis)|mysql2?\.createPool|create_engine|kafka\.(?:producer|consumer)|(?:kafka\.)?KafkaProducer|AIOKafkaProducer|pgxpool\.New(?:WithConfig)?|sql\.Open|sarama\.New(?:Sync|Async)Producer|kafka\.(?:NewProducer|NewWriter)|mongo\.Connect|redis\.NewClient|gocql\.NewSession)\(/g

/** The function around it answers a request: by its parameters, its registration, or the annotation above it. */
const handles = [
  /\.(?:get|post|put|patch|delete|all)\(\s*["'`]\//,
  /\(\s*_?(?:req|request)\b[^)]*,\s*_?(?:res|response|reply)\b/,
  /\(\s*w\s+http\.ResponseWriter/,
  /\bc(?:tx)?\s+\*?(?:gin|echo|fiber)\.(?:Context|Ctx)\b/,
  /\bdef\s+\w+\(\s*(?:self,\s*)?request\b/,
]
const routed =
  /^\s*@(?:\w+\.)?(?:route|get|post|put|patch|delete|api_view|(?:Get|Post|Put|Patch|Delete|Request)Mapping|(?:Get|Post|Put|Patch|Delete))\(/
const opens = /=>\s*\{?\s*$|\bfunction\b|\bdef\b|\bfunc\b|^\s*(?:public|private|protected)\b.*\{\s*$/
const keptOnce =
  /\?\?=|\|\|=|lru_cache|functools\.cache|\bglobal(?:This)?\b|\bonce\b|singleton|sync\.Once|\bif\s*\(?\s*(?:!|not )|is None|== nil/i
const closes =
  /\b(?!res\b|response\b|reply\b)\w+\??\.(?:end|close|Close|disconnect|quit|destroy|dispose|\$disconnect|flush_and_close)\(|\bwith\b[^\n]*\bas\b|\busing\b/

/** Pools and clients that the change makes inside of a function that answers requests, and that nobody closes. */
export function clientsPerRequest(artifact: Artifact, source: Source): readonly Slip[] {
  return freshMatches(artifact, source, makes).flatMap(({ match, span }): readonly Slip[] => {
    const text = lineText(source.lines, span.line)
    const indent = indentOf(text)
    if (indent === 0 || keptOnce.test(text)) return []
    const header = headerAbove(source, span.line, indent)
    if (header === undefined) return []
    const body = bodyFrom(source, header)
    if (closes.test(body) || keptOnce.test(lineText(source.lines, span.line - 1))) return []
    return [{ what: 'client-per-request', name: match[0].replace(/\($/, ''), span }]
  })
}

const indentOf = (text: string): number => text.length - text.trimStart().length

/** The line of the function around a line, where that function answers requests. */
function headerAbove(source: Source, from: number, indent: number): number | undefined {
  let outer = indent
  for (let line = from - 1; line >= Math.max(1, from - 80); line--) {
    const text = lineText(source.lines, line)
    if (text.trim() === '' || indentOf(text) >= outer) continue
    outer = indentOf(text)
    if (!opens.test(text)) continue
    if (handles.some(pattern => pattern.test(text))) return line
    const above = [1, 2, 3].map(back => (line > back ? lineText(source.lines, line - back) : ''))
    return above.some(each => routed.test(each)) ? line : undefined
  }
  return undefined
}

function bodyFrom(source: Source, header: number): string {
  const indent = indentOf(lineText(source.lines, header))
  const lines: string[] = []
  for (let line = header + 1; line <= Math.min(source.lines.starts.length, header + 150); line++) {
    const text = lineText(source.lines, line)
    if (text.trim() !== '' && indentOf(text) <= indent) break
    lines.push(text)
  }
  return lines.join('\n')
}
