// All that `@writ/core/verify` has, with both curves in JavaScript.
export * from '@writ/core/verify'
export { createVerifier } from './create-verifier.ts'
