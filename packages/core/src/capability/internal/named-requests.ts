import { textFact } from '../../internal/rules/facts.ts'
import { rightsOf } from '../../internal/rules/kind.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import type { NamedRequests } from '../../internal/write/affordable.ts'
import { namedDesignations, namedNamespace } from '../../internal/write/named-facts.ts'

/** The requests that a capability names: one for each of its rights. */
export const namedRequests: NamedRequests = (blocks) => {
  const { own, ofRequest } = namedDesignations(blocks)
  return rightsOf(blocks[0] as SignedBlock).map(({ subject, resource, operation }) => ({
    own: [textFact('resource', resource), textFact('operation', operation), ...own],
    relayed: [textFact('subject', subject), ...namedNamespace(blocks), ...ofRequest],
  }))
}
