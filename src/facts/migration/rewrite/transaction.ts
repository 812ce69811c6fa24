import { elsewhere, inPlace, type Rewrite } from '../../rewrite.ts'
import { type Host, mayBeBare, type Site } from './plan.ts'

/** The file, or at least the statement, outside of a transaction. */
export async function outsideOfTransaction(
  site: Site,
  host: Host,
  statement: string | undefined,
): Promise<Rewrite | undefined> {
  const bare =
    site.fact.explicitTransaction || !mayBeBare(site) ? undefined : await host.bare(statement ?? 'CONCURRENTLY')
  if (bare !== undefined && bare.length > 0)
    return inPlace('Switch the transaction off', host.language, site.source, bare)
  if (statement === undefined) return undefined
  const [own, ...beside] = host.migration({ name: `index ${site.fact.index}`, sql: [statement], bare: true })
  return (
    own && elsewhere('Run it outside of a transaction', [{ ...own, where: 'In a migration of its own' }, ...beside])
  )
}
