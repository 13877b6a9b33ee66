export type {
  CallCapability,
  CallInit,
  CapabilityRequest,
  Client,
  ClientOptions,
  ContextOpening,
  EndedIdentity,
  EndIdentityRequest,
  ExposureReport,
  MintedCapability,
} from './client.ts'
export { createClient } from './create-client.ts'
export type { IdentitySource } from './identity-source.ts'
export * from './remote.ts'
