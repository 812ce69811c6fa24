import { entryOf, jsonOf, type Plain, textAt, valueAt } from '../../artifact/plain.ts'
import { lineSpan, lineText, type Span } from '../../text/lines.ts'
import { type Difference, pathText, type Spot, type Step, shapeText } from './compare.ts'
import type { ValueFact } from './index.ts'
import { sizeRatioOf } from './instance-size.ts'
import { type Added, entryElsewhere, routeElsewhere } from './moved.ts'
import type { ConfigObject } from './objects.ts'
import { comparable, quantityOf } from './quantity.ts'

/** What is known of the change as a whole when its facts are written. */
export interface Surroundings {
  readonly added: Added
  /** Addresses that `moved` blocks lead to. */
  readonly moved: ReadonlySet<string>
  /** Kinds of the objects that are gone, by folder. */
  readonly gone: ReadonlyMap<string, readonly string[]>
  /** Kinds of the objects that are new, by folder. */
  readonly come: ReadonlyMap<string, readonly string[]>
  /** Folders of Terraform modules that went together with all that called them. */
  readonly abandoned: ReadonlySet<string>
  /** Names of Secrets and ConfigMaps that changed files make. */
  readonly provided: ReadonlySet<string>
}

/** A difference of an object as a fact. */
export function factOf(
  owner: ConfigObject,
  difference: Difference,
  newObject: boolean,
  around: Surroundings,
): ValueFact {
  const { change, steps, base, head, inside, left } = difference
  const at = change === 'removed' ? base : head
  const last = steps.at(-1)
  const knob = snakeCase(knobOf(owner, steps, at?.parent))
  return {
    kind: 'value',
    path: owner.artifact.path,
    side: change === 'removed' ? 'base' : 'head',
    span: changedLine(owner, base, head) ?? upToName(owner, steps) ?? at?.span ?? owner.span,
    place: { kind: owner.kind, name: owner.name, path: pathText(steps), shape: shapeText(steps) },
    key: last ? nameOf(last) : '',
    knob,
    change,
    inside,
    newObject,
    moved: around.moved.has(owner.name),
    companions: change === 'removed' ? (around.gone.get(folderOf(owner.artifact.path)) ?? []) : [],
    arrivals: around.come.get(folderOf(owner.artifact.path)) ?? [],
    abandoned: change === 'removed' && around.abandoned.has(folderOf(owner.artifact.path)),
    ...(base ? { base: jsonOf(base.node) } : {}),
    ...(head ? { head: jsonOf(head.node) } : {}),
    baseText: textOf(base),
    headText: textOf(head),
    ...numbersOf(base?.node, head?.node, `${pathText(steps)} ${knob}`),
    expression: isExpression(base) || isExpression(head),
    environment: environmentOf(owner, steps),
    elsewhere:
      change !== 'added' &&
      (routeElsewhere(base?.node, around.added) || entryElsewhere(base?.node, steps, around.added)),
    provided: head !== undefined && around.provided.has(textOf(head)),
    siblings: evidenceOf(at?.parent),
    baseSiblings: evidenceOf(base?.parent),
    headSiblings: evidenceOf(head?.parent ?? left),
    object: evidenceOf(owner.node),
  }
}

/** Of a whole object of Kubernetes the lines down to its name: in a file of many documents all begin with the same two. */
function upToName(owner: ConfigObject, steps: readonly Step[]): Span | undefined {
  if (steps.length > 0 || !owner.kind.startsWith('k8s/')) return undefined
  const name = entryOf(valueAt(owner.node, 'metadata'), 'name')?.keySpan
  const { line, column } = owner.span
  if (name === undefined || name.line < line || name.line > line + 12) return undefined
  return { line, column, endLine: name.endLine, endColumn: name.endColumn }
}

/** Of a text of several lines, from its key to the first one that differs: a configuration inside a ConfigMap is hundreds of lines long. */
function changedLine(owner: ConfigObject, base: Spot | undefined, head: Spot | undefined): Span | undefined {
  if (base?.node.type !== 'scalar' || head?.node.type !== 'scalar') return undefined
  const { span, text } = head.node
  const lines = owner.artifact.head?.lines
  if (lines === undefined || owner.side !== 'head' || span.endLine - span.line < 1) return undefined
  const [before, after] = [base.node.text.split('\n'), text.split('\n')]
  const at = after.findIndex((line, index) => line !== before[index])
  const wanted = after[at]?.trim() ?? ''
  if (wanted === '') return undefined
  for (let line = span.line + Math.min(at, span.endLine - span.line); line <= span.endLine; line++)
    if (lineText(lines, line).trim() === wanted)
      return { ...head.span, endLine: line, endColumn: lineSpan(lines, line).endColumn }
  return undefined
}

/** What a value sets. `value` and `default` say nothing: there it is the name beside or around them that tells. */
function knobOf(owner: ConfigObject, steps: readonly Step[], parent: Plain | undefined): string {
  const [last, before] = [steps.at(-1), steps.at(-2)]
  if (last === undefined) return ''
  // A block of HCL bears its name inside.
  const named = last.text === 'value' ? textAt(parent, 'name') : undefined
  if (named !== undefined) return named
  if (last.text !== 'value' && last.text !== 'default' && !last.text.startsWith('[')) return last.text
  if (before === undefined)
    return owner.kind === 'terraform/variable' ? owner.name.replace(/^var\./, '') : bare(last.text)
  return nameOf(before)
}

/** `maxConnections`, `MAX-CONNECTIONS` and `max_connections` set the same thing. */
function snakeCase(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .toLowerCase()
}

/** `replicas`, or for an item `[name=web]` its name. */
function nameOf(step: Step): string {
  return step.text.startsWith('[') ? bare(step.text).replace(/^[\w.]+=/, '') : step.text
}

function bare(step: string): string {
  return step.startsWith('[') ? step.slice(1, -1) : step
}

function numbersOf(base: Plain | undefined, head: Plain | undefined, key: string) {
  const from = base?.type === 'scalar' ? quantityOf(base, key) : undefined
  const to = head?.type === 'scalar' ? quantityOf(head, key) : undefined
  const both = from && to && comparable(from, to) ? { from, to } : undefined
  const sizes = base?.type === 'scalar' && head?.type === 'scalar' ? sizeRatioOf(base.text, head.text) : undefined
  return {
    ...(from ? { baseNumber: from.number } : {}),
    ...(to ? { headNumber: to.number } : {}),
    unit: both ? (both.from.unit === 'none' ? both.to.unit : both.from.unit) : ((to ?? from)?.unit ?? ''),
    ...(both && both.from.number > 0 && both.to.number >= 0 ? { ratio: both.to.number / both.from.number } : {}),
    ...(sizes === undefined ? {} : { sizeRatio: sizes }),
  }
}

function textOf(spot: Spot | undefined): string {
  return spot?.node.type === 'scalar' ? spot.node.text : ''
}

function isExpression(spot: Spot | undefined): boolean {
  return spot?.node.type === 'scalar' && spot.node.expression === true
}

const lowerStep =
  /^(development|dev|tests?|testing|staging|stage|stg|qa|uat|sandbox|preview|previews|ci|demo|local|preprod|nonprod)$/i
const productionStep = /^(production|prod|prd|live)$/i

/** A key such as `staging:` around the value says more than the name of the file. */
function environmentOf(owner: ConfigObject, steps: readonly Step[]): ConfigObject['environment'] {
  const names = steps.map(nameOf)
  if (owner.environment === 'lower' || names.some(name => lowerStep.test(name))) return 'lower'
  return names.some(name => productionStep.test(name)) ? 'production' : owner.environment
}

const kept = new WeakMap<Plain, unknown>()

function evidenceOf(node: Plain | undefined): unknown {
  if (node === undefined) return {}
  const found = kept.get(node) ?? jsonOf(node, 5)
  kept.set(node, found)
  return found
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}
