import { checksOf } from '../evaluate/check.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { onlyQuery } from '../token/match-query.ts'
import { askedPair, trustedKey } from './asked-pair.ts'
import type { Binding } from './bindings.ts'

/** What the holder of a key has yet to attest. */
export interface Awaited {
  readonly block: number
  readonly label: string
  readonly value: string
  /** The public key whose holder must state it. */
  readonly by: string
}

/**
 * The designations that checks demand of one key each, in the form that minting writes, and that no block states yet.
 *
 * @param bindings - Those of the token.
 */
export function awaitedBy(blocks: readonly SignedBlock[], bindings: readonly Binding[]): readonly Awaited[] {
  return checksOf(blocks).flatMap(({ check, block }) => {
    const query = onlyQuery(check, 'one')
    const pair = query && askedPair(query)
    const by = query && trustedKey(query, block, blocks)
    if (pair === undefined || by === undefined) return []
    const isThis = (one: Binding) => one.block === block && one.label === pair.label && one.value === pair.value
    return bindings.some((one) => one.attested && isThis(one)) ? [] : [{ block, ...pair, by }]
  })
}
