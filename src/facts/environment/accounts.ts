import { environmentOf, roleOf } from '../../artifact/classify.ts'
import type { Artifact } from '../../artifact/types.ts'
import type { FactContext } from '../types.ts'
import { factOf, shown } from './fact.ts'
import type { EnvironmentFact } from './index.ts'
import { accountIn } from './names.ts'
import type { Scalar } from './scalars.ts'

/** Most files of the repository that are read in search of an account. */
const mostFiles = 400
const configuration = /\.(tf|tfvars|hcl|ya?ml|json|toml|env|sh|md)$/

/** A value whose cloud account is replaced by another one, and where both stand in the rest of the repository. */
export async function accountOf(
  context: FactContext,
  artifact: Artifact,
  scalar: Scalar,
  baseValue: string,
): Promise<EnvironmentFact | undefined> {
  const account = accountIn(scalar.text)
  const baseAccount = accountIn(baseValue)
  if (account === undefined || baseAccount === undefined || account === baseAccount) return undefined
  const uses = await usesOf(context, artifact.path, [account, baseAccount, baseValue, scalar.text])
  const [ofNew = [], ofOld = [], sameOld = [], sameNew = []] = uses
  const onlyAccount = scalar.text.replaceAll(account, baseAccount) === baseValue
  // Trees of several environments name the same things in several accounts: what stands nearer is the own one.
  const isNearer = nearness(ofNew, artifact.path) > nearness(sameOld, artifact.path)
  const own = scalar.environment === 'unknown' ? artifact.environment : scalar.environment
  const placed = ofNew.filter(path => environmentOf(path) !== 'unknown')
  return factOf({
    what: 'value',
    path: artifact.path,
    side: 'head',
    span: scalar.span,
    key: scalar.path,
    value: shown(scalar.text, ''),
    baseValue: shown(baseValue, ''),
    own,
    address: true,
    account,
    baseAccount,
    accountElsewhere: onlyAccount && sameOld.length > 0 && sameNew.length === 0 && !isNearer,
    accountIsLower: own !== 'lower' && placed.length > 0 && placed.every(path => environmentOf(path) === 'lower'),
    accountIsNew: ofNew.length === 0 && ofOld.length > 1,
    foundIn: sameOld[0] ?? ofOld[0] ?? '',
  })
}

/** For each text, the other files of the repository that contain it after the change. */
async function usesOf(
  { change }: FactContext,
  own: string,
  texts: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const found: string[][] = texts.map(() => [])
  const paths = (await change.trees.head.list()).filter(
    path => path !== own && configuration.test(path) && roleOf(path) === 'live',
  )
  for (const path of paths.slice(0, mostFiles)) {
    const content = await change.trees.head.read(path)
    if (content === undefined) continue
    texts.forEach((text, index) => {
      if (content.includes(text)) found[index]?.push(path)
    })
  }
  return found
}

/** How many leading folders the nearest of some files shares with a path. */
function nearness(paths: readonly string[], own: string): number {
  const folders = own.split('/')
  return Math.max(
    0,
    ...paths.map(path => {
      const others = path.split('/')
      const differs = folders.findIndex((folder, index) => folder !== others[index])
      return differs === -1 ? folders.length : differs
    }),
  )
}
