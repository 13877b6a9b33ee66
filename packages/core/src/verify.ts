// What a service needs that only verifies: nothing below reaches private keys, or the WebAssembly module that writes tokens.
export { CapabilityError, type CapabilityErrorCode, type CapabilityErrorDetails } from './capability-error.ts'
export { compoundLabel } from './compound-label.ts'
export { type CreateFacetLedgerOptions, createFacetLedger, type MemoryFacetLedger } from './create-facet-ledger.ts'
export { createRevocationList, type RevocationList } from './create-revocation-list.ts'
export { createVerifier, VERIFIER_OPTIONS } from './create-verifier.ts'
export { exportPublicKey } from './export-public-key.ts'
export { exposureOf } from './exposure-of.ts'
export type { FacetLedger } from './facet-ledger.ts'
export { importPublicKey } from './import-public-key.ts'
export { type Inspection, inspect } from './inspect.ts'
export type { Jwk } from './key-types.ts'
export type { KeyResolver, Keys } from './keys.ts'
export { DEFAULT_LIMITS, type Limits } from './limits.ts'
export type { RevocationCheck } from './revocation-check.ts'
export { revocationIds } from './revocation-ids.ts'
export type {
  CapabilityRequest,
  Designations,
  ProvenCapability,
  ReaderOptions,
  VerifiedCapability,
  VerifiedToken,
  Verifier,
  VerifierOptions,
} from './verifier.ts'
export { type VerifiedContext, type VerifyContextOptions, verifyContext } from './verify-context.ts'
export { type VerifiedIdentity, type VerifyIdentityOptions, verifyIdentity } from './verify-identity.ts'
