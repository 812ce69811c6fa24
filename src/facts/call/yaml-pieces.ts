import type { Pair, Scalar } from 'yaml'
import type { Artifact, Source } from '../../artifact/types.ts'
import { yamlOf } from '../../artifact/yaml.ts'
import type { Boot } from './boot.ts'
import { listAsLine, type Piece, withoutTemplates } from './pieces.ts'

/** Keys whose value a shell runs, in workflows and pipelines. */
const scriptKeys = /^(run|script|bash|before_script|after_script|command|runcmd|bootcmd)$/
/** One of the keys of `placeOf` as it is written in a text; escapes could write it in many ways. */
const anyKey = /(?:run|script|bash|command|runcmd|bootcmd|args|entrypoint)["']?\s*:|\\/
/** Most pieces read from one file. */
const most = 300

/** Shell text in a workflow, pipeline, compose file or Kubernetes object. */
export async function yamlPieces(source: Source, artifact: Artifact): Promise<readonly Piece[]> {
  if (!anyKey.test(source.text)) return []
  const [{ visit, isScalar, isPair, isMap, isSeq, isNode }, file] = await Promise.all([import('yaml'), yamlOf(source)])
  const pieces: Piece[] = []
  for (const document of file.documents) {
    if (document.contents === null) continue
    const kind = String(document.get('kind') ?? '')
    visit(document, {
      Pair(_, pair, path) {
        if (pieces.length >= most) return visit.BREAK
        if (!isScalar(pair.key)) return undefined
        const key = String(pair.key.value)
        const keys = path.filter(node => isPair(node)).map(keyOf)
        const place = placeOf(artifact, kind, key, keys)
        if (place === undefined) return undefined
        const value = pair.value
        if (isScalar(value) && typeof value.value === 'string') push(value, place)
        else if (isSeq(value) && isNode(value) && value.range) {
          const items = value.items.filter(isScalar)
          const shell = items.findIndex(item => /^-[a-z]*c$/.test(String(item.value)))
          const body = items[shell + 1]
          if (shell >= 0 && body !== undefined) push(body, place)
          else if (place.perItem || followsShell(path.at(-1), key))
            for (const item of value.items) pushItem(item, place)
          else pieces.push(piece(listLine(source.text.slice(value.range[0], value.range[1])), value.range[0], place))
        }
        return undefined
      },
    })
  }
  return pieces

  function pushItem(item: unknown, place: Place): void {
    if (isScalar(item) && typeof item.value === 'string') push(item, place)
    else if (isSeq(item) && item.range)
      pieces.push(piece(listLine(source.text.slice(item.range[0], item.range[1])), item.range[0], place))
  }

  function push(scalar: Scalar, place: Place): void {
    if (!scalar.range || pieces.length >= most) return
    const [start, end] = scalar.range
    if (end - start > 50_000) return
    pieces.push(piece(scalarText(source.text.slice(start, end), scalar.type), start, place))
  }

  /** `command: ["sh", "-c"]` beside `args:` makes each of the arguments a script. */
  function followsShell(parent: unknown, key: string): boolean {
    if (key !== 'args' || !isMap(parent)) return false
    const command = parent.get('command')
    return isSeq(command) && command.items.some(item => isScalar(item) && /^-[a-z]*c$/.test(String(item.value)))
  }
}

interface Place {
  readonly job: string
  readonly boot?: Boot
  /** Each item of a list is a command of its own. */
  readonly perItem: boolean
}

function keyOf(pair: Pair): string {
  const key = pair.key
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : ''
}

function placeOf(artifact: Artifact, kind: string, key: string, keys: readonly string[]): Place | undefined {
  if (artifact.kind === 'compose') {
    if (keys[0] !== 'services' || keys.length !== 2 || !/^(command|entrypoint)$/.test(key)) return undefined
    return {
      job: keys[1] ?? '',
      boot: { place: `compose service ${keys[1] ?? ''}`, releasePhase: false },
      perItem: false,
    }
  }
  if (artifact.kind === 'k8s') {
    if (!/^(command|args)$/.test(key) || !keys.includes('spec')) return undefined
    if (keys.some(name => /Probe$|preStop$/.test(name))) return undefined
    const once = /^(Job|CronJob|Workflow|PodTemplate)/.test(kind)
    return {
      job: kind,
      perItem: false,
      ...(once ? {} : { boot: { place: `container of a ${kind || 'pod'}`, releasePhase: false } }),
    }
  }
  if (!scriptKeys.test(key)) return undefined
  if (/^(runcmd|bootcmd)$/.test(key))
    return { job: key, boot: { place: 'cloud-init', releasePhase: false }, perItem: true }
  const job =
    artifact.kind === 'github-workflow'
      ? keys[0] === 'jobs'
        ? keys[1]
        : ''
      : keys.find(name => !/^(jobs|steps|stages|run)$/.test(name))
  return { job: job ?? '', perItem: true }
}

function piece(text: string, start: number, place: Place): Piece {
  const { job, boot } = place
  return { text: withoutTemplates(text), start, job, ...(boot === undefined ? {} : { boot }) }
}

/** The characters of a scalar as a shell would see them, at equal length. */
function scalarText(text: string, type: string | null | undefined): string {
  switch (type) {
    case 'BLOCK_LITERAL':
      return text.replace(/^[^\n]*/, header => ' '.repeat(header.length))
    case 'BLOCK_FOLDED':
      return text.replace(/^[^\n]*/, header => ' '.repeat(header.length)).replace(/\n(?=\s*\S)/g, ' ')
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
      return ` ${text.slice(1, -1).replace(/\n/g, ' ').replace(/\\"/g, ' "')} `
    default:
      return text.replace(/\n/g, ' ')
  }
}

function listLine(text: string): string {
  if (text.trimStart().startsWith('[')) return listAsLine(text).replace(/\n/g, ' ')
  return text
    .replace(/(^|\n)(\s*)-(?=\s)/g, (_, line: string, indent: string) => `${line === '' ? '' : ' '}${indent} `)
    .replace(/\n/g, ' ')
}
