import { checksOf, scopesOf } from '../evaluate/check.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import type { Binding } from './bindings.ts'
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
 * The designations that checks demand of one key each, in the form that minting writes, and that no block states yet.
 *
 * @param bindings - Those of the token.
 */
export function awaitedBy(blocks: readonly SignedBlock[], bindings: readonly Binding[]): readonly Awaited[] {
  return checksOf(blocks).flatMap(({ check, block }) => {
    const [query] = check.queries
    if (check.kind !== 'one' || query === undefined || check.queries.length > 1 || query.body.length > 1) return []
    const pair = query.body[0] && groundDesignation(query.body[0])
    const key = scopesOf(query, block, blocks).find(({ type }) => type === 'key')
    if (pair === undefined || key?.type !== 'key') return []
    const isStated = bindings.some(
      (one) => one.attested && one.block === block && one.label === pair.label && one.value === pair.value,
    )
    return isStated ? [] : [{ block, ...pair, by: key.publicKey }]
  })
}
