import { checksOf, trustOfQuery } from '../evaluate/check.ts'
import type { World } from '../evaluate/world.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { onlyQuery } from '../token/match-query.ts'
import { askedPair, trustedKey } from './asked-pair.ts'
import { groundDesignation } from './designation.ts'

/** What the holder of a key has yet to attest. */
export interface Awaited {
  readonly block: number
  readonly label: string
  readonly value: string
  /** The public key whose holder must state it. */
  readonly by: string
}

/**
 * The designations that checks demand of one key each, in the form that minting writes, and that no block states yet which the
 * check trusts.
 *
 * @param stated - The facts that the token states.
 */
export function awaitedBy(blocks: readonly SignedBlock[], stated: World): readonly Awaited[] {
  return checksOf(blocks).flatMap(({ check, block }) => {
    const query = onlyQuery(check, 'one')
    if (query === undefined) return []
    const [pair, by] = [askedPair(query), trustedKey(query, block, blocks)]
    if (pair === undefined || by === undefined) return []
    const trust = trustOfQuery(query, block, blocks)
    const isStated = stated.named('designation', 2).some(({ predicate, origin }) => {
      const said = groundDesignation(predicate)
      return said?.label === pair.label && said.value === pair.value && trust.has(origin)
    })
    return isStated ? [] : [{ block, ...pair, by }]
  })
}
