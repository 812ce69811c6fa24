import { entryOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import type { Side } from '../../change/types.ts'
import { lineSpan, lineText, spanOf } from '../../text/lines.ts'
import { type FoundMap, joined } from './documents.ts'
import { oneLine } from './promql.ts'
import type { AlertRule } from './rules.ts'

/** What all checks of older monitoring systems have in common: no labels, and nothing known of who is woken. */
const common = { severity: '', pages: false, labels: {}, paused: false } as const

/** Checks of Monit: each `if … then …` of a `check`. Source: https://mmonit.com/monit/documentation/monit.html */
export function monitChecks(artifact: Artifact, side: Side, source: Source): readonly AlertRule[] {
  const rules: AlertRule[] = []
  const seconds = Number(/^\s*set\s+daemon\s+(\d+)/m.exec(source.text)?.[1] ?? 60)
  let check = ''
  source.lines.starts.forEach((_, at) => {
    const line = lineText(source.lines, at + 1).replace(/#.*$/, '')
    check = /^\s*check\s+\w+\s+["']?([\w.:-]+)/i.exec(line)?.[1] ?? check
    const [, condition = '', cycles, action = ''] =
      /^\s*if\s+(.+?)(?:\s+for\s+(\d+)\s+(?:times\s+within\s+\d+\s+)?cycles?)?\s+then\s+(\w+)/i.exec(line) ?? []
    if (condition === '' || check === '') return
    const span = lineSpan(source.lines, at + 1)
    const subject = condition.replace(/\s*(>=|<=|==|!=|>|<)\s*[\d.]+\s*\S*.*$/, '')
    rules.push({
      ...common,
      artifact,
      side,
      source: 'monit',
      group: check,
      name: `${check}: ${subject} then ${action.toLowerCase()}`,
      expr: oneLine(condition),
      forSeconds: Number(cycles ?? 0) * seconds,
      span,
      exprSpan: span,
      whole: span,
    })
  })
  return rules
}

/** Services of Nagios and Icinga 1. Source: https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/objectdefinitions.html */
export function nagiosChecks(artifact: Artifact, side: Side, source: Source): readonly AlertRule[] {
  const rules: AlertRule[] = []
  for (const match of source.text.matchAll(/^[ \t]*define\s+service\s*\{([^}]*)\}/gm)) {
    const settings = new Map(
      (match[1] ?? '').split('\n').flatMap(line => {
        const [, key, value] = /^\s*(\w+)\s+([^;]*?)\s*(?:;.*)?$/.exec(line) ?? []
        return key === undefined || value === undefined ? [] : [[key, value] as const]
      }),
    )
    const description = settings.get('service_description')
    if (description === undefined || settings.get('register') === '0') continue
    const whole = spanOf(source.lines, match.index, match.index + match[0].length)
    const span = lineSpan(source.lines, whole.line)
    const minutes = (key: string, otherwise: number) => Number(settings.get(key) ?? otherwise)
    const again = settings.get('notification_interval')
    const off = match[0].split('\n').findIndex(line => /^\s*(?:notifications|active_checks)_enabled\s+0\b/.test(line))
    rules.push({
      ...common,
      artifact,
      side,
      source: 'nagios',
      ...(off < 0 ? {} : { pausedSpan: lineSpan(source.lines, whole.line + off) }),
      group: settings.get('host_name') ?? settings.get('hostgroup_name') ?? '',
      name: description,
      expr: settings.get('check_command') ?? '',
      forSeconds: (minutes('max_check_attempts', 1) - 1) * minutes('retry_interval', 1) * 60,
      paused: settings.get('notifications_enabled') === '0' || settings.get('active_checks_enabled') === '0',
      ...(Number(again) > 0 ? { repeatSeconds: Number(again) * 60 } : {}),
      span,
      exprSpan: span,
      whole,
    })
  }
  return rules
}

/** Services of Icinga 2. Source: https://icinga.com/docs/icinga-2/latest/doc/09-object-types/#service */
export function icingaChecks(artifact: Artifact, side: Side, source: Source): readonly AlertRule[] {
  return [...source.text.matchAll(/^[ \t]*(?:apply|object)\s+(?:Service|Host)\s+"([^"\n]+)"[^{\n]*\{/gm)].map(match => {
    const [head = '', name = ''] = match
    const end = source.text.indexOf('\n}', match.index)
    const body = source.text.slice(match.index, end === -1 ? match.index + head.length : end)
    const off = body
      .split('\n')
      .findIndex(line => /^\s*enable_(?:notifications|active_checks)\s*=\s*(?:false|0)\b/.test(line))
    const whole = spanOf(source.lines, match.index, match.index + body.length)
    const span = lineSpan(source.lines, whole.line)
    return {
      ...common,
      artifact,
      side,
      source: 'icinga',
      ...(off < 0 ? {} : { pausedSpan: lineSpan(source.lines, whole.line + off) }),
      group: '',
      name,
      expr: /^\s*check_command\s*=\s*"([^"\n]*)"/m.exec(body)?.[1] ?? '',
      forSeconds: 0,
      paused: off >= 0,
      span,
      exprSpan: span,
      whole,
    }
  })
}

/** A check of Sensu: an entry below `checks` (Core), or a `CheckConfig` (Go). */
export function sensuCheck(artifact: Artifact, side: Side, { node, place, trail }: FoundMap): AlertRule | undefined {
  const isCore = trail.at(-2) === 'checks' && entryOf(node, 'interval') !== undefined
  const isGo = textAt(node, 'type') === 'CheckConfig'
  if (!isCore && !isGo) return undefined
  const settings = isGo ? valueAt(node, 'spec') : node
  const command = entryOf(settings, 'command')
  const name = isGo ? textAt(node, 'metadata', 'name') : trail.at(-1)
  if (command === undefined || name === undefined) return undefined
  const times = Number(textAt(settings, 'occurrences') ?? 1) - 1
  const span = place(joined(command.keySpan, command.value.span))
  return {
    ...common,
    artifact,
    side,
    source: 'sensu',
    group: '',
    name,
    expr: textOf(command.value),
    forSeconds: times * Number(textAt(settings, 'interval') ?? 60),
    pages: handlersOf(settings).some(handler => /pager|opsgenie|victorops|oncall/i.test(handler)),
    paused: textAt(settings, 'publish') === 'false',
    span,
    exprSpan: span,
    whole: place(node.span),
  }
}

function handlersOf(settings: Plain | undefined): readonly string[] {
  const list = valueAt(settings, 'handlers')
  return list?.type === 'list' ? list.items.map(textOf) : []
}

function textOf(node: Plain): string {
  return node.type === 'scalar' ? node.text : ''
}
