import type { Exchange, Parts } from './reference-parts.ts'
import type { Sabotage } from './reference-target.ts'

/** A sabotaged adapter: `name` goes on from "the suite fails on an adapter that". */
export interface Mutant {
  readonly name: string
  /** The case that must fail on it. */
  readonly caughtBy: string
  readonly sabotage: Sabotage
  /** Whether not even the plainest request is answered rightly. Default `false`. */
  readonly blunt?: boolean
}

export const mutant = (
  name: string,
  caughtBy: string,
  parts: (parts: Parts) => Partial<Parts>,
  blunt = false,
): Mutant => ({
  name,
  caughtBy,
  sabotage: { parts },
  blunt,
})

/** The value of a header, or an empty string. */
export const headerOf = ({ req }: Exchange, name: string): string => String(req.headers[name] ?? '')

/** The first value of a query parameter. */
export const queryOf = ({ req }: Exchange, name: string): string | undefined =>
  new URL(req.url ?? '', 'http://localhost').searchParams.get(name) ?? undefined
