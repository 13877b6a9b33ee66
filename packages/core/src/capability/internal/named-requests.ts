import { rightsOf } from '../../internal/rules/kind.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import type { NamedRequests } from '../../internal/write/affordable.ts'
import { namedDesignations, namedNamespace } from '../../internal/write/named-facts.ts'

/** The requests that a capability names: one for each of its rights. */
export const namedRequests: NamedRequests = (token) => {
  const named = { ...namedDesignations(token), namespace: namedNamespace(token) }
  return rightsOf(token.blocks[0] as SignedBlock).map((right) => ({ ...right, ...named }))
}
