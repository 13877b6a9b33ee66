import type { ProvenCapability, Verifier } from '@writ/core/verify'

/** Proves the token of a request. */
export type ProveOnce = (token: string, native: unknown) => Promise<ProvenCapability>

/**
 * Several guards may stand on the way of one request. They share the proof of its token: the work is done once, and a single-use
 * capability is spent once, not once a guard.
 */
export function proveOnce(verifier: Verifier): ProveOnce {
  const proofs = new WeakMap<object, { readonly token: string; readonly proof: Promise<ProvenCapability> }>()
  return (token, native) => {
    const request = typeof native === 'object' && native !== null ? native : {}
    const known = proofs.get(request)
    if (known?.token === token) return known.proof
    const proof = verifier.prove(token)
    proofs.set(request, { token, proof })
    return proof
  }
}
