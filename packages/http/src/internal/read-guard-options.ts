import { type Schema, VERIFIER_OPTIONS, type VerifierOptions } from '@writ/core/verify'
import type { GuardOptions, HttpGuardOptions } from '../guard-options.ts'
import { checkUrl } from '../metadata/check-url.ts'
import { readTokenFrom } from './credential/read-token-from.ts'
import type { TokenFrom } from './find-token.ts'
import type { HeadersFrom } from './headers-of.ts'
import { checkFunction, checkKeys, checkOneOf, isRecord } from './options.ts'
import { readSchema } from './schema-check.ts'

const GUARD_OPTIONS = {
  schema: true,
  realm: true,
  mode: true,
  onDecision: true,
  onRefusal: true,
  refuse: true,
  rfc6750: true,
  retryAfter: true,
  tokenFrom: true,
  headersFrom: true,
  disclose: true,
  resourceMetadata: true,
  log: true,
} satisfies Record<keyof GuardOptions<never>, true>

/** The checked options of a guard, with their defaults. */
export interface GuardSettings<Native> {
  readonly schema: Schema | undefined
  readonly realm: string
  readonly report: boolean
  readonly onDecision: GuardOptions<Native>['onDecision']
  readonly onRefusal: GuardOptions<Native>['onRefusal']
  readonly refuse: 'answer' | 'error'
  readonly rfc6750: boolean
  readonly retryAfter: number
  readonly tokenFrom: TokenFrom
  readonly headersFrom: HeadersFrom
  readonly disclose: boolean
  readonly resourceMetadata: string | undefined
  /** `undefined`: by the environment. */
  readonly log: boolean | undefined
}

/** Splits one flat options object into the verifier's part and the guard's. The error for a wrong option names it. */
export function readGuardOptions<Native>(options: HttpGuardOptions<Native>): {
  verifier: VerifierOptions
  settings: GuardSettings<Native>
} {
  const verifierOptions: readonly string[] = VERIFIER_OPTIONS
  if (!isRecord(options)) throw new TypeError('options: must be an object')
  checkKeys(options, { ...Object.fromEntries(VERIFIER_OPTIONS.map((name) => [name, true])), ...GUARD_OPTIONS })
  const { realm, mode, onDecision, onRefusal, refuse, rfc6750, retryAfter, tokenFrom } = options
  const { headersFrom, disclose, resourceMetadata, log } = options
  checkOneOf('mode', mode, ['enforce', 'report'])
  checkOneOf('refuse', refuse, ['answer', 'error'])
  checkFunction('onDecision', onDecision)
  checkFunction('onRefusal', onRefusal)
  checkOneOf('headersFrom', headersFrom, ['wire', 'request'])
  for (const [key, value] of Object.entries({ rfc6750, disclose, log })) {
    if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${key}: must be a boolean`)
  }
  return {
    verifier: Object.fromEntries(
      Object.entries(options).filter(([key]) => verifierOptions.includes(key)),
    ) as unknown as VerifierOptions,
    settings: {
      schema: readSchema(options.schema),
      realm: readRealm(realm),
      report: mode === 'report',
      onDecision,
      onRefusal,
      refuse: refuse ?? 'answer',
      rfc6750: rfc6750 ?? false,
      retryAfter: readRetryAfter(retryAfter),
      tokenFrom: readTokenFrom(tokenFrom),
      headersFrom: headersFrom ?? 'wire',
      disclose: disclose ?? true,
      resourceMetadata: readResourceMetadata(resourceMetadata),
      log,
    },
  }
}

/** The realm stands in a quoted-string (RFC 9110 section 5.6.4); nothing in it needs an escape. */
function readRealm(realm: unknown): string {
  if (realm === undefined) return 'writ'
  if (typeof realm !== 'string' || !/^[ !#-[\]-~]+$/.test(realm))
    throw new TypeError('realm: must be printable ASCII without quotes and backslashes')
  return realm
}

function readRetryAfter(retryAfter: unknown): number {
  if (retryAfter === undefined) return 5
  if (!Number.isSafeInteger(retryAfter) || (retryAfter as number) < 1)
    throw new TypeError('retryAfter: must be a whole number of seconds, at least 1')
  return retryAfter as number
}

function readResourceMetadata(url: unknown): string | undefined {
  if (url === undefined) return undefined
  checkUrl('resourceMetadata', url)
  return url
}
