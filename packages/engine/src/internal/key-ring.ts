import {
  type ContextVerifier,
  createContextVerifier,
  createIdentityVerifier,
  type IdentityVerifier,
  type Keys,
  type RevocationCheck,
  type Signer,
} from '@writ/core'
import type { EngineKeys } from '../engine.ts'
import { checkText } from './check-request.ts'

/** The root keys of an engine, and the verifiers of what they have signed. */
export interface KeyRing {
  /** The key that signs. */
  readonly active: EngineKeys
  readonly identities: IdentityVerifier
  readonly contexts: ContextVerifier
  /** For contexts that the engine has just written: their revocation is not looked up. */
  readonly ownContexts: ContextVerifier
  /** The private key that belongs to a root key id. */
  privateKeyOf(rootKeyId: number | undefined): string | Signer
}

/**
 * Checks the keys of an engine.
 *
 * @throws `TypeError` that starts with `keys`.
 */
export function createKeyRing(
  given: EngineKeys | readonly EngineKeys[],
  revocation: RevocationCheck | undefined,
  now: () => number,
): KeyRing {
  if (given === undefined) throw new TypeError('keys: is required')
  const pairs = (Array.isArray(given) ? (given as readonly EngineKeys[]) : [given as EngineKeys]).map(readPair)
  const [active] = pairs
  if (active === undefined) throw new TypeError('keys: at least one pair is required')
  const byId = new Map(pairs.map((pair) => [pair.rootKeyId, pair]))
  if (byId.size < pairs.length) throw new TypeError('keys: each pair must have a rootKeyId of its own')
  const keys: Keys =
    pairs.length === 1
      ? active.publicKey
      : new Map(
          pairs.map(({ rootKeyId, publicKey }): [number | 'default', string] => [rootKeyId ?? 'default', publicKey]),
        )
  return {
    active,
    identities: createIdentityVerifier({ keys, revocation, now }),
    contexts: createContextVerifier({ keys, revocation, now }),
    ownContexts: createContextVerifier({ keys, now, cache: false }),
    privateKeyOf: (rootKeyId) => (byId.get(rootKeyId) ?? active).privateKey,
  }
}

function readPair(pair: EngineKeys): EngineKeys {
  checkText('keys.publicKey', pair?.publicKey)
  if (typeof pair.privateKey !== 'object' || pair.privateKey === null) checkText('keys.privateKey', pair.privateKey)
  return Object.freeze({ ...pair })
}
