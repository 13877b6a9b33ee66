import type { ProvenCapability, Verifier } from '@writ/core/verify'
import type { RequestView } from '../request-view.ts'

/** Proves the token of a request. */
export type ProveOnce = (token: string, request: RequestView) => Promise<ProvenCapability>

/**
 * Several guards may stand on the way of one request, or one decide twice. They share the proof of its token: the work is done once,
 * and a single-use capability is spent once.
 */
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
