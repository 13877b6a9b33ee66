// The entry `@writ/core/hold`, for services that hold tokens: they verify them, narrow them, add to them and pass them
// on, but mint none. Nothing that it reaches imports the WebAssembly module that mints.

export { type ActivateOptions, activate } from './capability/activate.ts'
export { type AttenuateOptions, attenuate } from './capability/attenuate.ts'
export { type AttestOptions, attest } from './capability/attest.ts'
export { type CompleteUseOptions, completeUse } from './capability/complete-use.ts'
export type { AttestedDesignation, NarrowingOptions } from './capability/narrowing-options.ts'
export type { SigningKeys } from './capability/signing-keys.ts'
export { type ExcludeExposuresOptions, excludeExposures } from './context/exclude-exposures.ts'
export { type DelegateIdentityOptions, delegateIdentity } from './identity/delegate-identity.ts'
export { type PresentIdentityOptions, presentIdentity } from './identity/present-identity.ts'
export { importPrivateKey } from './keys/import-private-key.ts'
export type { Signer } from './keys/key-types.ts'
export { seal } from './seal.ts'
export * from './verify.ts'
