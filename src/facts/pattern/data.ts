import { documentsOf } from '../../artifact/documents.ts'
import type { Plain } from '../../artifact/plain.ts'
import type { Language, Source } from '../../artifact/types.ts'
import { offsetAt } from '../../text/lines.ts'
import type { Pattern } from './found.ts'

/** Keys whose text is a regular expression. */
const key = /(^|[_.-]|[a-z])(pattern|regexp?|rx|matches)$|^(re|match|expression|signature|grok)$/i

/** Programs that read expressions with an engine that never backtracks, by what their files say. */
const neverBacktracks =
  /^\s*(relabel_configs|metric_relabel_configs|scrape_configs|route|receivers|pipeline_stages)\s*:|apiVersion:\s*["']?(monitoring\.coreos|networking\.istio|security\.istio|traefik|gateway\.networking|networking\.k8s|constraints\.gatekeeper|apiextensions|kyverno)|\bre2\b|safe_regex|golangci|gitleaks|\bengine:\s*["']?(re2|rust|hyperscan)/im
const requestPath =
  /(^|[/_.-])(waf|modsec\w*|mod_security|crs|owasp|firewall|nginx|openresty|haproxy|apache2?|httpd|varnish|rewrites?|ingress|gateway|proxy|fluentd?|td-agent|logstash|snort|suricata)([/_.-]|$)/i
const saysPcre =
  /\bengine["']?\s*[:=]\s*["']?(pcre2?|perl|oniguruma|onig|java|python|ruby|javascript|ecmascript|node|backtracking)\b|\bpcre2?\b/i
/** What a file of filter rules says besides the expression. */
const actsOnRequests = /\b(mode|action)["']?\s*[:=]\s*["']?(block|deny|drop|reject|challenge|log|simulate|allow)\b/i

/** Regular expressions in files of data, where the reader backtracks or is not known. */
export async function patternsInData(source: Source, language: Language): Promise<readonly Pattern[]> {
  const { text, path } = source
  if (neverBacktracks.test(text)) return []
  const isPcre = saysPcre.test(text) || requestPath.test(path)
  const place = isPcre && (requestPath.test(path) || actsOnRequests.test(text)) ? 'request-path' : 'config'
  const engine = isPcre ? 'pcre' : 'unknown'
  if (language === 'conf')
    return requestPath.test(path) || /\bSecRule\b|^\s*location\s/m.test(text) ? serverPatterns(text) : []
  const documents = (await documentsOf(source, language)) ?? []
  const found: Pattern[] = []
  const visit = (plain: Plain, name: string, depth: number): void => {
    if (depth > 60) return
    if (plain.type === 'map') for (const entry of plain.entries) visit(entry.value, entry.key, depth + 1)
    else if (plain.type === 'list') for (const item of plain.items) visit(item, name, depth + 1)
    else if (key.test(name) && typeof plain.value === 'string') {
      const { span } = plain
      const start = offsetAt(source.lines, span.line, span.column)
      const end = offsetAt(source.lines, span.endLine, span.endColumn)
      found.push({ source: plain.value, flags: '', engine, place, start, end })
    }
  }
  for (const { root } of documents) visit(root, '', 0)
  return found
}

const directives: readonly RegExp[] = [
  /^[ \t]*location[ \t]+~\*?[ \t]+(?:"([^"\n]+)"|([^\s{]+))/gm,
  /^[ \t]*rewrite[ \t]+(?:"([^"\n]+)"|([^\s;]+))[ \t]/gm,
  /^[ \t]*if[ \t]*\(\$\w+[ \t]+!?~\*?[ \t]+(?:"([^"\n]+)"|([^\s)]+))/gm,
  /^[ \t]*(?:RewriteRule|RewriteCond[ \t]+\S+|LocationMatch|RedirectMatch(?:[ \t]+\w+)?)[ \t]+(?:"([^"\n]+)"|(\S+))/gm,
  /"@rx[ \t]+((?:\\"|[^"\n])+)"/g,
]

/** nginx, Apache and ModSecurity. */
function serverPatterns(text: string): readonly Pattern[] {
  return directives.flatMap(directive =>
    [...text.matchAll(directive)].map(match => {
      const source = match[1] ?? match[2] ?? ''
      const start = match.index + match[0].indexOf(source)
      return {
        source,
        flags: '',
        engine: 'pcre' as const,
        place: 'request-path' as const,
        start,
        end: start + source.length,
      }
    }),
  )
}
