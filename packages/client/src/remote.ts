// For services that only verify: nothing here narrows a token.
export { ClientError, type ClientErrorCode, type ClientErrorDetails } from './client-error.ts'
export { type RemoteKeys, type RemoteKeysOptions, type RemoteKeysStatus, remoteKeys } from './remote/remote-keys.ts'
export {
  type RemoteRevocations,
  type RemoteRevocationsOptions,
  type RemoteRevocationsStatus,
  remoteRevocations,
} from './remote/remote-revocations.ts'
export type { RevocationChange, RevokedEntry } from './remote/revocation-change.ts'
export type { Snapshot } from './remote/snapshot.ts'
