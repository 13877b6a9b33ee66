import { segmentsOf } from '../../internal/base/identity-name.ts'
import { subjectOf } from '../../internal/rules/kind.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import type { NamedRequests } from '../../internal/write/affordable.ts'
import { namedDesignations, namedNamespace } from '../../internal/write/named-facts.ts'
import { nameBoundsOf } from './name-bounds.ts'

/**
 * The request that an identity names: to speak as the name that it states.
 *
 * @throws `CapabilityError`: `unsupported_block` for a check about names in a form that verifiers do not read.
 */
export const namedRequests: NamedRequests = (token) => {
  const { blocks } = token
  const name = nameBoundsOf(blocks, subjectOf(blocks[0] as SignedBlock, 'identity')).candidate
  const { anchor, facet } = namedDesignations(token)
  return [{ anchor, facet, actor: name, actorDepth: segmentsOf(name), namespace: namedNamespace(token) }]
}
