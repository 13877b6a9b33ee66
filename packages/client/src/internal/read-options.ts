import { createVerifier, type Keys } from '@writ/core/hold'
import type { ClientOptions } from '../client.ts'
import type { IdentitySource } from '../identity-source.ts'
import { checkFunction, checkMembers, readSeconds, readText } from './base/check.ts'
import { readUrl } from './base/read-url.ts'
import { type Runtime, systemRuntime } from './base/runtime.ts'

const MAX_TIMEOUT_SECONDS = 600

const OPTIONS = {
  url: true,
  keys: true,
  identity: true,
  minimumLife: true,
  timeout: true,
  maxCapabilities: true,
  services: true,
  allowInsecure: true,
  fetch: true,
  now: true,
} satisfies Record<keyof ClientOptions, true>

/** The options of a client, checked and with their defaults. */
export interface Settings {
  /** Ends with a slash, so that paths are below it. */
  readonly url: URL
  readonly keys: Keys
  readonly identity: IdentitySource
  readonly minimumLife: number
  readonly maxCapabilities: number
  /** From anchor to origin. */
  readonly services: ReadonlyMap<string, string> | undefined
  readonly runtime: Runtime
}

export function readOptions(options: ClientOptions): Settings {
  checkMembers('options', options, OPTIONS)
  const { url, keys, identity, minimumLife, timeout, maxCapabilities = 1000, services, allowInsecure } = options
  checkFunction('fetch', options.fetch)
  checkFunction('now', options.now)
  if (!Number.isSafeInteger(maxCapabilities) || maxCapabilities < 1) {
    throw new TypeError('maxCapabilities: must be a whole number of at least 1')
  }
  if (allowInsecure !== undefined && typeof allowInsecure !== 'boolean') {
    throw new TypeError('allowInsecure: must be true or false')
  }
  // Throws for keys that are none.
  createVerifier({ keys, anchor: null })
  checkIdentity(identity)
  const seconds = readSeconds('timeout', timeout, '10s')
  if (seconds > MAX_TIMEOUT_SECONDS) throw new TypeError(`timeout: must be at most ${MAX_TIMEOUT_SECONDS} seconds`)
  return {
    url: readUrl(url, allowInsecure === true),
    keys,
    identity,
    minimumLife: readSeconds('minimumLife', minimumLife, '15s'),
    maxCapabilities,
    services: readServices(services),
    runtime: systemRuntime(options, seconds * 1000),
  }
}

function checkIdentity(identity: unknown): void {
  if (typeof identity === 'function' || (typeof identity === 'string' && identity !== '')) return
  if (typeof identity === 'object' && identity !== null && 'assertion' in identity) {
    checkMembers('identity', identity, { assertion: true })
    if (typeof identity.assertion === 'function') return
    throw new TypeError('identity.assertion: must be a function')
  }
  if (typeof identity === 'object' && identity !== null && 'secret' in identity) {
    checkMembers('identity', identity, { secret: true, snapshot: true })
    const { secret, snapshot } = identity as { secret: unknown; snapshot?: unknown }
    if (typeof secret !== 'function' && typeof secret !== 'string')
      throw new TypeError('identity.secret: must be a text or a function')
    // A secret is worth nothing once it was used: with a snapshot it may be gone.
    if (secret === '' && snapshot === undefined)
      throw new TypeError('identity.secret: must not be empty without a snapshot')
    if (snapshot === undefined) return
    const { read, write } = (snapshot ?? {}) as { read?: unknown; write?: unknown }
    if (typeof read === 'function' && typeof write === 'function') return
    throw new TypeError('identity.snapshot: must have the functions read and write')
  }
  throw new TypeError('identity: must be an identity token, a function, { secret } or { assertion }')
}

function readServices(services: unknown): ReadonlyMap<string, string> | undefined {
  if (services === undefined) return undefined
  if (typeof services !== 'object' || services === null) throw new TypeError('services: must be an object')
  return new Map(
    Object.entries(services).map(([anchor, text]) => {
      const url = URL.canParse(text) ? new URL(text) : undefined
      if (url === undefined || url.origin === 'null') {
        throw new TypeError(
          `services.${readText('services', anchor)}: must be an origin, such as https://billing.example`,
        )
      }
      return [anchor, url.origin]
    }),
  )
}
