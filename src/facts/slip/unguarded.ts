import type { Artifact, Source } from '../../artifact/types.ts'
import { touches } from '../../artifact/types.ts'
import { spanOf } from '../../text/lines.ts'
import { argumentsFrom, type Slip } from './found.ts'

const registered =
  /(?<![\w.])((?:\w*[rR]outes?r?|router|app|server|api|fastify))\.(get|post|put|patch|delete)\(\s*(["'`])(\/[^"'`\n]*)\3/g

const guards =
  /^(?:\w+\.)*\w*(?:auth|requireuser|requirelogin|loggedin|loginrequired|ensure\w*(?:login|user|session)|require(?:session|role|scope|permission|admin|token|login|user)|protect|verify(?:token|jwt|session)|checkjwt|guard|isadmin)\w*(?:\.\w+)*(?:\([^)]*\))?$/i

/** Places that are asked for by whoever has not signed in yet, or by machines that prove themselves otherwise. */
const openPlaces =
  /log-?in|log-?out|sign-?(in|up|out)|register|health|ready|live|ping|public|webhook|hooks?\b|callback|status|forgot|reset|confirm|activate|invit|oauth|sso|saml|token|refresh|verify|docs|openapi|swagger|robots|favicon|version|metrics|csrf|static|assets|\.well-known|share/i

interface Route {
  readonly owner: string
  readonly path: string
  readonly guard: string
  readonly at: number
  readonly end: number
}

/** Routes without the guard that all other routes of the file have (Express, Fastify, Flask, FastAPI). */
export function routesUnguarded(artifact: Artifact, source: Source): readonly Slip[] {
  if (!['javascript', 'typescript', 'tsx', 'python'].includes(artifact.language)) return []
  const routesIn = artifact.language === 'python' ? decoratedIn : registeredIn
  if (/(^|\/)(?:public|open|webhooks?|health|mock|example)s?[/.-]/i.test(artifact.path)) return []
  const routes = routesIn(source.text)
  return routes.flatMap((route): readonly Slip[] => {
    if (route.guard !== '' || openPlaces.test(route.path)) return []
    const span = spanOf(source.lines, route.at, route.end)
    if (!touches(artifact, 'head', { ...span, endLine: span.line })) return []
    const others = routes.filter(
      other => other !== route && other.owner === route.owner && !openPlaces.test(other.path),
    )
    const common = others[0]?.guard ?? ''
    if (others.length < 2 || common === '' || others.some(({ guard }) => guard !== common)) return []
    // Guards for all that follows stand in between.
    if (new RegExp(`\\b${route.owner}\\.(?:use|addHook|before_request)\\b`).test(source.text)) return []
    const old =
      artifact.base === undefined ? undefined : routesIn(artifact.base.text).find(({ path }) => path === route.path)
    if (old !== undefined && old.guard === '') return []
    return [{ what: 'route-unguarded', name: route.path, before: common, span }]
  })
}

function registeredIn(text: string): readonly Route[] {
  return [...text.matchAll(registered)].map(match => {
    const open = match.index + match[0].indexOf('(')
    const rest = argumentsFrom(text, open).slice(match[0].length - (open - match.index))
    return {
      owner: match[1] ?? '',
      path: match[4] ?? '',
      guard: guardAmong(rest),
      at: match.index,
      end: match.index + match[0].length,
    }
  })
}

const decorated =
  /^@(\w+)\.(?:route|get|post|put|patch|delete)\(\s*["'](\/[^"'\n]*)["'][^\n]*\n((?:@[^\n]*\n)*)(?:async )?def \w+\(([\s\S]{0,1500}?)\)\s*(?:->[^\n]*)?:\s*$/gm
const decorators =
  /^@(?:\w+\.)*(\w*(?:login_required|auth|logged_in|require_(?:user|login|session|role|scope|token|admin|permission)|requires_|jwt_required|protected|permission_required|has_permission|admin_required|token_required)\w*)/im

/** Functions with a route above them, and what guards them: another decorator, or what they depend on (FastAPI). */
function decoratedIn(text: string): readonly Route[] {
  return [...text.matchAll(decorated)].map(match => {
    const [, owner = '', path = '', others = '', parameters = ''] = match
    const depends =
      /\b(?:Depends|Security)\(\s*(\w*(?:user|auth|verify|token|session|admin|permission|scope)\w*)/i.exec(
        parameters.length === 0 ? '' : `${match[0].split('\n')[0] ?? ''} ${parameters}`,
      )
    const guard = decorators.exec(others)?.[1] ?? (depends || /dependencies\s*=/.test(match[0]) ? 'Depends' : '')
    const end = match.index + (match[0].split('\n')[0] ?? '').length
    return { owner, path, guard: depends ? `Depends(${depends[1] ?? ''})` : guard, at: match.index, end }
  })
}

/** The first argument behind the path that guards; those of a handler's body are not looked at. */
function guardAmong(rest: string): string {
  const before = (rest.split(/=>|\bfunction\b/)[0] ?? '').replace(/\)$/, '')
  const parts = before.split(/,(?![^([]*[)\]])/).map(part => part.trim().replace(/^\[|\]$/g, ''))
  const found = parts.find(part => guards.test(part)) ?? ''
  return found.replace(/\([\s\S]*$/, '')
}
