import { notVolatile, sameBytes } from '../../src/facts/migration/effects/postgres-catalog.ts'
import type { Session } from './postgres-observe.ts'
import type { Outcome } from './types.ts'

/** Functions of the server's own that give another value for every row, in one of their forms at least. */
const volatileFunctions = `SELECT DISTINCT proname::text AS name FROM pg_proc
  WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v'`

/** Casts that ALTER TABLE makes by itself and that leave the bytes alone, between types that columns have. */
const binaryCasts = `SELECT castsource::regtype::text AS source, casttarget::regtype::text AS target FROM pg_cast
  WHERE castmethod = 'b' AND castcontext <> 'e' AND castsource < 16384 AND casttarget < 16384`

const shortNames: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  character: 'char',
  'bit varying': 'varbit',
}

/** Types of the catalog itself, which no column of a program has. */
const internal = /^(pg_|reg(?!class$))/

const timezoneReason =
  'up to version 14 only the form for `time with time zone` is; AT TIME ZONE of a moment, as in the operations above, is not'

/** Compares the tables of volatility and of binary coercions with the catalog of a server. */
export async function catalogOutcomes(session: Session): Promise<readonly Outcome[]> {
  const functions = await session.query(volatileFunctions)
  const wrong = functions.flatMap(({ name }) => (notVolatile.has(String(name)) ? [String(name)] : []))
  const casts = await session.query(binaryCasts)
  const pairs = new Set(
    casts.flatMap(({ source, target }) => {
      const [from, to] = [String(source), String(target)].map(type => shortNames[type] ?? type)
      return from === undefined || to === undefined || internal.test(from) || internal.test(to) ? [] : [`${from}>${to}`]
    }),
  )
  const missing = [...pairs].filter(pair => !sameBytes.has(pair))
  const extra = [...sameBytes].filter(pair => !pairs.has(pair))
  return [
    {
      operation: 'volatility as in pg_proc',
      difference: wrong.map(name => `${name} is volatile`).join(', '),
      ...(wrong.join() === 'timezone' ? { reason: timezoneReason } : {}),
    },
    {
      operation: 'binary coercions as in pg_cast',
      difference: [...missing.map(pair => `${pair} is missing`), ...extra.map(pair => `${pair} is none`)].join(', '),
    },
  ]
}
