import type { Issuer } from '@writ/engine'
import { fetchDocument } from './fetch-document.ts'

/** Each token is compared with all of them. */
const MAX_KEYS = 100

/**
 * Fetches the key set of an issuer; first the discovery document, if the policy does not say where the keys are
 * (OpenID Connect Discovery, section 4).
 *
 * @throws Error if one of them cannot be had, or is not what it must be.
 */
export async function fetchKeys(issuer: Issuer, signal: AbortSignal): Promise<object> {
  const keySet = await fetchDocument(issuer.jwksUri ?? (await discoverKeys(issuer.issuer, signal)), signal)
  const keys = memberOf(keySet, 'keys')
  if (!Array.isArray(keys)) throw new Error('the issuer has no key set')
  if (keys.length > MAX_KEYS) throw new Error('the issuer has too many keys')
  return { keys }
}

async function discoverKeys(issuer: string, signal: AbortSignal): Promise<string> {
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
  const discovery = await fetchDocument(`${base}/.well-known/openid-configuration`, signal)
  if (memberOf(discovery, 'issuer') !== issuer) throw new Error('the discovery document is of another issuer')
  const uri = memberOf(discovery, 'jwks_uri')
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw new Error('the discovery document names no keys')
  // An issuer on one's own machine may do without TLS; no other may lead there.
  if (new URL(uri).protocol !== 'https:' && new URL(uri).origin !== new URL(issuer).origin) {
    throw new Error('the keys of the issuer are not served over TLS')
  }
  return uri
}

function memberOf(document: unknown, name: string): unknown {
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, name)) return undefined
  return (document as Record<string, unknown>)[name]
}
