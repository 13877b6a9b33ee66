import { LRUCache } from 'lru-cache'
import { AuthorityError } from '../authority-error.ts'
import type { Limits } from './http-parts.ts'

/** So many at once, and then so many a second. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** How often somebody may ask. */
export interface LimitOptions {
  /** Requests of one address. Default 500 at once, 100 a second. */
  readonly address?: Rate | undefined
  /** Secrets, assertions and tokens that one address presents to get a first token. Default 60 at once, 2 a second. */
  readonly credential?: Rate | undefined
  /** Requests of one proven subject. Default 500 at once, 100 a second. */
  readonly subject?: Rate | undefined
}

const DEFAULTS = {
  address: { burst: 500, perSecond: 100 },
  credential: { burst: 60, perSecond: 2 },
  subject: { burst: 500, perSecond: 100 },
} as const
/** Of each kind. Whoever was idle for longest is forgotten first. */
const MAX_KEYS = 50_000

/**
 * Creates the limits of one process. Libraries for this keep a timer for each key, or as many keys as strangers like.
 *
 * @param nowMs - A clock that never goes back, in milliseconds.
 */
export function createLimits(options: LimitOptions | undefined, nowMs: () => number = () => performance.now()): Limits {
  const { address, credential, subject } = { ...DEFAULTS, ...options }
  return Object.freeze({
    takeAddress: createLimit(address ?? DEFAULTS.address, nowMs),
    takeCredential: createLimit(credential ?? DEFAULTS.credential, nowMs),
    takeSubject: createLimit(subject ?? DEFAULTS.subject, nowMs),
  })
}

/** The generic cell rate algorithm: of each key, when it will have paid for what it took. */
function createLimit({ burst, perSecond }: Rate, nowMs: () => number): (key: string) => void {
  if (!(burst >= 1 && perSecond > 0)) throw new TypeError('limits: burst must be 1 or more, perSecond more than 0')
  const costMs = 1000 / perSecond
  const paid = new LRUCache<string, number>({ max: MAX_KEYS })
  return (key) => {
    const now = nowMs()
    const next = Math.max(paid.get(key) ?? 0, now) + costMs
    const waitMs = next - now - burst * costMs
    if (waitMs > 0) throw new AuthorityError('too_many_requests', { retryAfter: Math.ceil(waitMs / 1000) })
    paid.set(key, next)
  }
}
