import type { Client, IdentitySource, RemoteKeys } from '@writ/client'
import { createIdentityVerifier } from '@writ/core'
import type { Io } from '../io.ts'

/** A client of an authority, and the keys that it is held to. */
export interface OpenedClient {
  readonly client: Client
  readonly keys: RemoteKeys
}

/** Opens a client of the authority at a URL. Whoever answers there could be anybody, so a root key is pinned. */
export async function openClient(io: Io, url: string, key: string, identity: IdentitySource): Promise<OpenedClient> {
  const { createClient, remoteKeys } = await import('@writ/client')
  const keys = remoteKeys(url, { pinned: key, background: false, onWarning: () => undefined })
  return { client: createClient({ url, identity, keys, now: io.now }), keys }
}

/** The name and the end of an identity that is good now. */
export async function describeIdentity(
  io: Io,
  keys: RemoteKeys,
  token: string,
): Promise<{ readonly identity: string; readonly expiresAt: number }> {
  const { identity, expiresAt } = await createIdentityVerifier({ keys, now: io.now }).verify(token)
  return { identity, expiresAt }
}
