import { environmentOf, roleOf } from '../../artifact/classify.ts'
import { sourceOf } from '../../artifact/source.ts'
import { textOf } from '../../change/content.ts'
import type { Tree } from '../../change/types.ts'
import { indexLines, positionAt } from '../../text/lines.ts'
import type { FactContext } from '../types.ts'
import { columns, factOf } from './fact.ts'
import type { EnvironmentFact } from './index.ts'
import { scalarsOf } from './scalars.ts'

const template = /(^|\/)templates\/.+\.(ya?ml|tpl|txt)$/
const valuesFile =
  /(^|\/)([\w.-]*values[\w.-]*|[\w.-]*helm-?release[\w.-]*|release|application)\.ya?ml$|(^|\/)values\/.+\.ya?ml$/i
const required = /\brequired\s+(?:"(?:[^"\\]|\\.)*"|`[^`]*`|\([^)]*\))\s+\.Values\.([\w.]+)/g
const piped = /\.Values\.([\w.]+)\s*\|\s*required\b/g

/** Most files of values that are read. */
const mostFiles = 80

/** Values that a Helm chart requires from now on and that no file of values for production sets. */
export async function helmFacts({ change }: FactContext): Promise<readonly EnvironmentFact[]> {
  const facts: EnvironmentFact[] = []
  for (const file of change.files) {
    if (!template.test(file.path) || roleOf(file.path) !== 'live') continue
    const head = await textOf(file, 'head')
    if (head === undefined || !/\brequired\b/.test(head)) continue
    const old = new Set(keysIn((await textOf(file, 'base')) ?? '').map(({ key }) => key))
    const fresh = keysIn(head).filter(({ key }) => !old.has(key))
    if (fresh.length === 0) continue
    const chart = file.path.slice(0, file.path.lastIndexOf('/templates/'))
    const places = await placesOf(change.trees.head, chart)
    // A chart that is published is given its values by others.
    const others = places.filter(({ path }) => path !== `${chart}/values.yaml`)
    if (others.length === 0) continue
    const lines = indexLines(head)
    for (const { key, offset } of fresh) {
      const set = places.filter(({ keys }) => keys.some(path => path === key || path.startsWith(`${key}.`)))
      const forProduction = set.filter(({ path }) => environmentOf(path) !== 'lower')
      if (forProduction.length > 0) continue
      const { line, column } = positionAt(lines, offset)
      facts.push(
        factOf({
          what: 'missing',
          path: file.path,
          side: 'head',
          span: columns(line, column, key.length + 8),
          key: `.Values.${key}`,
          required: true,
          coverage: 1,
          declaredIn: set[0]?.path ?? '',
          placesOfProduction: others
            .map(({ path }) => path)
            .filter(path => environmentOf(path) !== 'lower')
            .slice(0, 5),
        }),
      )
    }
  }
  return facts
}

function keysIn(text: string): readonly { readonly key: string; readonly offset: number }[] {
  return [...text.matchAll(required), ...text.matchAll(piped)].map(match => ({
    key: match[1] ?? '',
    offset: match.index + match[0].indexOf('.Values.'),
  }))
}

/** Files of values in the repository, with the paths that they set; those of a release stand below `spec.values`. */
async function placesOf(tree: Tree, chart: string): Promise<readonly { path: string; keys: readonly string[] }[]> {
  const name = chart.slice(chart.lastIndexOf('/') + 1)
  const paths = (await tree.list()).filter(
    path => valuesFile.test(path) && roleOf(path) === 'live' && (path.startsWith(`${chart}/`) || path.includes(name)),
  )
  const places: { path: string; keys: readonly string[] }[] = []
  for (const path of paths.slice(0, mostFiles)) {
    const text = await tree.read(path)
    const scalars = text === undefined ? undefined : await scalarsOf(sourceOf(path, 'head', text), 'yaml')
    if (scalars === undefined) continue
    places.push({
      path,
      keys: scalars.map(scalar => scalar.path.replace(/^.*\.?spec\.values\./, '').replace(/\.\[.*$/, '')),
    })
  }
  return places
}
