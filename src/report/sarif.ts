import type { Log, Notification, PhysicalLocation, ReportingDescriptor, Result } from 'sarif'
import type { NotAnalysed } from '../change/types.ts'
import type { Level } from '../config/types.ts'
import type { Finding } from '../rule/types.ts'
import { fence } from './escape.ts'
import type { Problem, Reporter, ReportOptions } from './model.ts'
import { plain } from './plain.ts'
import { blocksOf } from './prose.ts'

/** GitHub refuses a run with more results. */
const mostResults = 25_000

/**
 * SARIF 2.1.0, for code scanning and other viewers. Accepted findings are left out: GitHub would show them as open
 * alerts, since it does not read `suppressions`.
 */
export const sarif: Reporter = (report, options) => {
  const findings = report.findings.slice(0, mostResults)
  const ids = [...new Set(findings.map(finding => finding.rule))].sort()
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'premortem',
            informationUri: 'https://github.com/premortem/premortem',
            rules: ids.map(id => descriptor(id, findings, options)),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [...report.notAnalysed.map(notAnalysed), ...report.problems.map(problem)],
          },
        ],
        results: findings.map(finding => result(finding, ids.indexOf(finding.rule))),
      },
    ],
  }
  return `${JSON.stringify(log, undefined, 2)}\n`
}

function descriptor(id: string, findings: readonly Finding[], options: ReportOptions): ReportingDescriptor {
  const first = findings.find(finding => finding.rule === id)
  const { title, why, fix, docs, level } = options.rule(id) ?? {
    title: id,
    why: first?.why ?? '',
    fix: first?.fix ?? '',
    docs: first?.docs ?? '',
    level: first?.level ?? 'warning',
  }
  return {
    id,
    name: id,
    shortDescription: { text: plain(title) },
    fullDescription: { text: plain(why || title) },
    help: {
      text: plain(`${why}\n\nSafer: ${fix}`.trim()),
      markdown: `${markdownOf(why)}\n\n**Safer**\n\n${markdownOf(fix)}`,
    },
    ...(docs === '' ? {} : { helpUri: docs }),
    defaultConfiguration: { level: sarifLevel(level) },
    properties: { tags: [id.split('/')[0] ?? id] },
  }
}

function markdownOf(text: string): string {
  return blocksOf(plain(text))
    .map(block => (block.kind === 'code' ? `${fence(block.text)}\n${block.text}\n${fence(block.text)}` : block.text))
    .join('\n\n')
}

function result(finding: Finding, ruleIndex: number): Result {
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: sarifLevel(finding.level),
    message: { text: plain(finding.message) },
    locations: [{ physicalLocation: location(finding) }],
    // GitHub tells alerts apart by this one: text of the line, then which of equal lines.
    ...fixesOf(finding),
    partialFingerprints: { primaryLocationLineHash: `${finding.fingerprint}:1` },
  }
}

/** What replaces the flagged lines in place, as viewers apply it. */
function fixesOf({ path, rewrite }: Finding): Pick<Result, 'fixes'> {
  if (rewrite === undefined || rewrite.edits.length === 0) return {}
  const follow = rewrite.complete ? '' : ' Further steps follow, see the report.'
  const replacements = rewrite.edits.map(({ line, column, endLine, endColumn, text }) => ({
    deletedRegion: { startLine: line, startColumn: column, endLine, endColumn },
    insertedContent: { text },
  }))
  return {
    fixes: [
      {
        description: { text: plain(`${rewrite.title}.${follow}`) },
        artifactChanges: [{ artifactLocation: artifact(path), replacements }],
      },
    ],
  }
}

/** Viewers draw on the head; a removal is shown where the removed lines used to be. */
function location(finding: Finding): PhysicalLocation {
  const { line, column, endLine, endColumn } = finding
  const region =
    finding.side === 'base'
      ? { startLine: finding.headLine ?? 1 }
      : { startLine: line, startColumn: column, endLine, endColumn }
  return { artifactLocation: artifact(finding.path), region }
}

function artifact(path: string) {
  return { uri: uriOf(path), uriBaseId: '%SRCROOT%' }
}

/** Each segment percent-encoded; a colon in the first would make it a scheme, which encodeURIComponent prevents. */
function uriOf(path: string): string {
  return path
    .split('/')
    .map(segment => encodeURIComponent(wellFormed(segment)))
    .join('/')
}

function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
}

function sarifLevel(level: Level): 'error' | 'warning' | 'note' {
  return level === 'notice' ? 'note' : level
}

function notAnalysed({ path, reason }: NotAnalysed): Notification {
  return { level: 'warning', message: { text: `Not analysed: ${plain(reason)}` }, ...notified(path) }
}

function problem({ path, line, message }: Problem): Notification {
  return { level: 'warning', message: { text: plain(message) }, ...(path === undefined ? {} : notified(path, line)) }
}

function notified(path: string, line?: number): Pick<Notification, 'locations'> {
  const region = line === undefined ? {} : { region: { startLine: Math.max(1, line) } }
  return { locations: [{ physicalLocation: { artifactLocation: artifact(path), ...region } }] }
}
