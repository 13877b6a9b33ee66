// Capabilities, with Ed25519 in JavaScript.
export * from './verify-capabilities.ts'
