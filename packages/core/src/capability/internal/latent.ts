import { FACET } from '../../internal/base/labels.ts'
import { checksOf } from '../../internal/evaluate/check.ts'
import { isString, type Predicate } from '../../internal/token/datalog.ts'
import type { Token } from '../../internal/token/decode-token.ts'
import type { PublicKey } from '../../keys/internal/keys.ts'

/** Whether a check demands an activation by the holder of a key. */
export function waitsFor(token: Token, key: PublicKey): boolean {
  return asks(token, key, ({ name, terms }) => name === 'activation' && terms.length === 1)
}

/** Whether a check demands a single-use pin from the holder of a key. */
export function demandsFacet(token: Token, facet: string, key: PublicKey): boolean {
  return asks(token, key, ({ name, terms: [label, value, ...others] }) => {
    return name === 'designation' && others.length === 0 && isString(label, FACET) && isString(value, facet)
  })
}

/** Whether a query that names the key asks for a predicate that is `wanted`. */
function asks({ blocks }: Token, key: PublicKey, wanted: (predicate: Predicate) => boolean): boolean {
  return checksOf(blocks).some(({ check }) =>
    check.queries.some(
      ({ scopes, body }) =>
        scopes.some((scope) => scope.type === 'key' && scope.publicKey === key.text) && body.some(wanted),
    ),
  )
}
