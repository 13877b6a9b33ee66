import { join } from 'node:path'
import { fileSnapshot, type Snapshot } from '@writ/client/node'
import { type RemoteKeys, type RemoteRevocations, remoteKeys, remoteRevocations } from '@writ/client/remote'
import { type Environment, required } from './run-service.ts'

/** What a service knows of its authority. */
export interface FollowedAuthority {
  readonly url: string
  /** The options of a guard. */
  readonly keys: RemoteKeys
  readonly revocation: RemoteRevocations
  /** Stops following. */
  close(): void
}

/**
 * Follows the keys and the revocations of the authority at `WRIT_AUTHORITY_URL`, which must be certified by `WRIT_PUBLIC_KEY`.
 * What is known outlives a restart in the folder `WRIT_STATE`, if there is one. If the authority does not answer, and nothing is
 * known, the guards refuse everything (503) until it does.
 */
export async function followAuthority(environment: Environment): Promise<FollowedAuthority> {
  const url = required(environment, 'WRIT_AUTHORITY_URL', 'the URL of the authority')
  const pinned = required(environment, 'WRIT_PUBLIC_KEY', 'the public key of the authority')
  const snapshotOf = snapshotsOf(environment)
  const keys = remoteKeys(url, { pinned, snapshot: snapshotOf('keys') })
  const revocation = remoteRevocations(url, { keys, snapshot: snapshotOf('revocations') })
  await Promise.allSettled([keys.ready(), revocation.ready()])
  return {
    url,
    keys,
    revocation,
    close() {
      void keys.close()
      void revocation.close()
    },
  }
}

/** Where something outlives a restart: a file of the folder `WRIT_STATE`. `undefined` if that is not set: nowhere. */
export function snapshotsOf({ WRIT_STATE: folder }: Environment): (name: string) => Snapshot | undefined {
  return (name) => (folder ? fileSnapshot(join(folder, name)) : undefined)
}
