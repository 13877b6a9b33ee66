import { rightsOf } from '../../internal/rules/kind.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import type { NamedRequests } from '../../internal/write/affordable.ts'
import { namedDesignations, namedNamespace } from '../../internal/write/named-facts.ts'

/** The requests that a capability names: one for each of its rights. */
export const namedRequests: NamedRequests = (blocks) => {
  const named = { ...namedDesignations(blocks), namespace: namedNamespace(blocks) }
  return rightsOf(blocks[0] as SignedBlock).map((right) => ({ ...right, ...named }))
}
