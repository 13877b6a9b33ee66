export { type ActivateOptions, activate } from './activate.ts'
export { type AttenuateOptions, attenuate } from './attenuate.ts'
export { type AttestOptions, attest } from './attest.ts'
export { CapabilityError, type CapabilityErrorCode, type CapabilityErrorDetails } from './capability-error.ts'
export { type CompleteFacetOptions, completeFacet } from './complete-facet.ts'
export { type CreateFacetLedgerOptions, createFacetLedger } from './create-facet-ledger.ts'
export { createRevocationList, type RevocationList } from './create-revocation-list.ts'
export { createVerifier, VERIFIER_OPTIONS } from './create-verifier.ts'
export type { Duration } from './duration.ts'
export { exportPrivateKey } from './export-private-key.ts'
export { exportPublicKey } from './export-public-key.ts'
export type { FacetLedger } from './facet-ledger.ts'
export { type GenerateKeyPairOptions, generateKeyPair } from './generate-key-pair.ts'
export { importPrivateKey } from './import-private-key.ts'
export { importPublicKey } from './import-public-key.ts'
export { type Inspection, inspect } from './inspect.ts'
export type { Algorithm, Jwk, KeyPair } from './key-types.ts'
export type { KeyResolver, Keys } from './keys.ts'
export { DEFAULT_LIMITS, type Limits } from './limits.ts'
export { type MintCapabilityOptions, mintCapability } from './mint-capability.ts'
export type { MintOptions } from './mint-options.ts'
export type { AttestedDesignation, NarrowingOptions } from './narrowing-options.ts'
export type { RevocationCheck } from './revocation-check.ts'
export { revocationIds } from './revocation-ids.ts'
export { seal } from './seal.ts'
export { setBiscuitModule } from './set-biscuit-module.ts'
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
