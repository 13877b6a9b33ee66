// The entry `@writ/core/verify`, for services that only verify. It only passes on exports, and is part of `index.ts` as
// well. Nothing that it reaches imports private keys or the WebAssembly module that writes tokens.

export { createDirectVerifier } from './capability/create-direct-verifier.ts'
export {
  type CreateUseLedgerOptions,
  createUseLedger,
  type MemoryUseLedger,
} from './capability/create-use-ledger.ts'
export { createVerifier } from './capability/create-verifier.ts'
export { VERIFIER_OPTIONS } from './capability/internal/verifier-options.ts'
export type { UseLedger } from './capability/use-ledger.ts'
export type {
  CapabilityRequest,
  Designations,
  DirectProof,
  DirectVerifier,
  ProvenCapability,
  SyncVerifier,
  SyncVerifierOptions,
  VerifiedCapability,
  Verifier,
  VerifierOptions,
} from './capability/verifier.ts'
export { compoundLabel } from './context/compound-label.ts'

export {
  type ContextRequest,
  type ContextVerifier,
  type ContextVerifierOptions,
  createContextVerifier,
  type VerifiedContext,
} from './context/create-context-verifier.ts'
export { createRevocationList, type RevocationList } from './create-revocation-list.ts'
export {
  createIdentityVerifier,
  type IdentityRequest,
  type IdentityVerifier,
  type IdentityVerifierOptions,
} from './identity/create-identity-verifier.ts'
export type { VerifiedIdentity } from './identity/verified-identity.ts'
export { type Inspection, inspect } from './inspect.ts'
export {
  CapabilityError,
  type CapabilityErrorCode,
  type CapabilityErrorDetails,
  ERROR_CODES,
} from './internal/base/capability-error.ts'
export { type Duration, parseDuration } from './internal/base/duration.ts'
export { DEFAULT_LIMITS, type Limits } from './internal/base/limits.ts'
export { printable } from './internal/base/printable.ts'
export type { ReaderOptions } from './internal/read/reader-options.ts'
export type { VerifiedToken } from './internal/read/verified-token.ts'
export type { RevocationCheck } from './internal/rules/revocation-check.ts'
export type { KeyResolver, Keys } from './internal/signature/root-key-source.ts'
export { exportPublicKey } from './keys/export-public-key.ts'
export { importPublicKey } from './keys/import-public-key.ts'
export type { Jwk } from './keys/key-types.ts'
export { revocationIds } from './revocation-ids.ts'
export { revocationOf, type TokenRevocation } from './revocation-of.ts'
export { defineSchema } from './schema/define-schema.ts'
export type {
  DesignationsOf,
  OperationLabels,
  OperationOf,
  Schema,
  SchemaDefinition,
  SchemaLabels,
  TargetDefinition,
  TargetOf,
} from './schema/schema.ts'
