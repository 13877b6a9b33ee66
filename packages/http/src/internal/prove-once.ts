import type { ProvenCapability, Verifier } from '@writ/core/verify'
import type { RequestView } from '../request-view.ts'

/** Proves the token of a request. */
export type ProveOnce = (token: string, request: RequestView) => Promise<ProvenCapability>

/** Proves the token of a request once, however many decisions follow: each alias of a GraphQL query asks for one. */
export function proveOnce(verifier: Verifier): ProveOnce {
  const proofs = new WeakMap<object, { readonly token: string; readonly proof: Promise<ProvenCapability> }>()
  return (token, request) => {
    const source = request.source ?? request
    const known = proofs.get(source)
    if (known?.token === token) return known.proof
    const proof = verifier.prove(token)
    proofs.set(source, { token, proof })
    return proof
  }
}
