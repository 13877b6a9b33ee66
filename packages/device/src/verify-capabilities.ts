// What a door, a meter or a machine needs of Writ.
export {
  CapabilityError,
  type CapabilityErrorCode,
  type CapabilityRequest,
  createRevocationList,
  type RevocationCheck,
  type RevocationList,
  revocationIds,
  type SyncVerifier,
  type UseLedger,
  type VerifiedCapability,
  type VerifierOptions,
} from '@writ/core/verify'
export { createVerifier } from './create-verifier.ts'
