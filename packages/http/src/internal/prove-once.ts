import type { DirectProof, DirectVerifier } from '@writ/core/verify'
import type { RequestView } from '../request-view.ts'
import { createSideTable } from './side-table.ts'
import { type Awaitable, remembered } from './steps.ts'

/** Proves the token of a request. */
export type ProveOnce = (token: string, request: RequestView) => Awaitable<DirectProof>

/** Proves the token of a request once, however many decisions follow: each alias of a GraphQL query asks for one. */
export function proveOnce(verifier: DirectVerifier): ProveOnce {
  const proofs = createSideTable<object, { readonly token: string; readonly proof: () => Awaitable<DirectProof> }>()
  return (token, request) => {
    const source = request.source ?? request
    const known = proofs.get(source)
    if (known?.token === token) return known.proof()
    const proof = remembered(() => verifier.prove(token))
    proofs.set(source, { token, proof })
    return proof()
  }
}
