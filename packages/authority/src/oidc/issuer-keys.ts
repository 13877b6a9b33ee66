import type { Issuer } from '@writ/engine'
import { type CryptoKey, createRemoteJWKSet, customFetch, errors, type JWSHeaderParameters } from 'jose'
import { LRUCache } from 'lru-cache'
import { AuthorityError } from '../authority-error.ts'
import { fetchKeys } from './internal/fetch-keys.ts'

/** The public keys of issuers, fetched when an assertion asks for them and kept for ten minutes. */
export interface IssuerKeys {
  /**
   * The key that an assertion names.
   *
   * @throws `AuthorityError` `unavailable`, with `retryAfter` in seconds, if the issuer does not answer or was asked so
   *   recently that a new key of it may not be known yet; `refused_credential` if it has no such key.
   */
  find(issuer: Issuer, header: JWSHeaderParameters): Promise<CryptoKey>
}

const KEPT_MS = 10 * 60_000
/** After a fetch, an unknown key id causes no other for this long. */
const COOLDOWN_MS = 30_000
/** After a fetch that failed, no assertion causes another for this long. */
const PAUSE_MS = 5_000
const TIMEOUT_MS = 5_000
/** Issuers of policies that are not in force any more are forgotten. */
const MAX_ISSUERS = 100

/** Creates the keys of issuers, of which none is fetched yet. */
export function createIssuerKeys(): IssuerKeys {
  const known = new LRUCache<string, (header: JWSHeaderParameters) => Promise<CryptoKey>>({ max: MAX_ISSUERS })
  return Object.freeze({
    find(issuer, header) {
      const name = JSON.stringify([issuer.issuer, issuer.jwksUri])
      const find = known.get(name) ?? createLookup(issuer)
      known.set(name, find)
      return find(header)
    },
  } satisfies IssuerKeys)
}

function createLookup(issuer: Issuer): (header: JWSHeaderParameters) => Promise<CryptoKey> {
  let fetches = 0
  let failedAt = Number.NEGATIVE_INFINITY
  const keySet = createRemoteJWKSet(new URL(issuer.jwksUri ?? issuer.issuer), {
    cacheMaxAge: KEPT_MS,
    cooldownDuration: COOLDOWN_MS,
    timeoutDuration: TIMEOUT_MS,
    [customFetch]: async (_, { signal }) => {
      if (Date.now() < failedAt + PAUSE_MS) throw new Error('the issuer has just failed to answer')
      fetches++
      try {
        return Response.json(await fetchKeys(issuer, signal))
      } catch (error) {
        failedAt = Date.now()
        throw error
      }
    },
  })
  return async (header) => {
    const before = fetches
    try {
      return await keySet(header)
    } catch (cause) {
      if (cause instanceof errors.JWKSMultipleMatchingKeys)
        throw new AuthorityError('refused_credential', {}, { cause })
      const isUnknown = cause instanceof errors.JWKSNoMatchingKey
      // It was asked just now, and does not have it.
      if (isUnknown && fetches > before) throw new AuthorityError('refused_credential', {}, { cause })
      const retryAfter = Math.ceil((isUnknown ? COOLDOWN_MS : PAUSE_MS) / 1000)
      throw new AuthorityError('unavailable', { retryAfter }, { cause })
    }
  }
}
