export type {
  CallCapability,
  CallInit,
  CapabilityRequest,
  Client,
  ClientOptions,
  MintedCapability,
} from './client.ts'
export { ClientError, type ClientErrorCode, type ClientErrorDetails } from './client-error.ts'
export { createClient } from './create-client.ts'
export type { IdentitySource } from './identity-source.ts'
export { type RemoteKeys, type RemoteKeysOptions, type RemoteKeysStatus, remoteKeys } from './remote/remote-keys.ts'
export {
  type RemoteRevocations,
  type RemoteRevocationsOptions,
  type RemoteRevocationsStatus,
  remoteRevocations,
} from './remote/remote-revocations.ts'
export type { Snapshot } from './remote/snapshot.ts'
