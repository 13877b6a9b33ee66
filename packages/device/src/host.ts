// Capabilities, with the Ed25519 of the host.
export type { Ed25519 } from './crypto/ed25519.ts'
export { setEd25519 } from './crypto/host.ts'
export * from './verify-capabilities.ts'
