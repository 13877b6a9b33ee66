import type { UseLedger } from '@writ/core'
import type { Resolver } from '@writ/engine'
import type { AuthorityParts } from './authority-parts.ts'
import { startCheckpoints } from './checkpoints/start-checkpoints.ts'
import { createEnrolment, type Enrolment, type EnrolmentRequest } from './enrol/create-enrolment.ts'
import type { OnAct } from './http/act.ts'
import { createApp } from './http/create-app.ts'
import { createLimits, type LimitOptions } from './http/create-limits.ts'
import { createAdminGuard } from './http/credentials/create-admin-guard.ts'
import { createFeedStreams } from './http/feed/feed-streams.ts'
import type { Bindings } from './http/http-parts.ts'
import { createMetrics } from './http/metrics.ts'
import { type Report, reportOnStderr } from './http/report.ts'
import type { KeyProvider } from './keys/key-provider.ts'
import { createIssuerKeys } from './oidc/issuer-keys.ts'
import { startPruning } from './revoke/start-pruning.ts'
import { createRules } from './rules/create-rules.ts'
import type { RuleTexts } from './rules/read-rule-texts.ts'
import type { Store } from './store/store.ts'

/** The options of an authority. */
export interface AuthorityOptions {
  /** See `openStore`. It stays open when the authority closes. */
  readonly store: Store
  /** Where private keys are kept, see `createLocalKeys`. */
  readonly keyProvider: KeyProvider
  /** The public URL, without a path: `https://authority.example`. */
  readonly url: string
  /** The anchor of capabilities for its own routes. Default `service:authority`. */
  readonly name?: string | undefined
  /** Policy and schema of the very first start. Default: a policy that permits nothing. */
  readonly initial?: RuleTexts | undefined
  /** Names objects of capabilities. Default: the caller does. */
  readonly resolver?: Resolver | undefined
  /** Records single uses. Default: no capability for a single use can be minted. */
  readonly singleUse?: UseLedger | undefined
  /** How often somebody may ask. */
  readonly limits?: LimitOptions | undefined
  /** How many proxies in front append to `X-Forwarded-For`. Default 0. */
  readonly trustProxy?: number | undefined
  /** How many verifiers may follow the feed by a stream. Default 10,000. */
  readonly maxStreams?: number | undefined
  /** Called with each checkpoint of the audit as one line of JSON, to keep it elsewhere. Default: nothing. */
  readonly onCheckpoint?: ((line: string) => void) | undefined
  /** Hears of each act, for telemetry. Default: nobody. `GET /metrics` counts them too. */
  readonly onAct?: OnAct | undefined
  /** Hears of failures. Default: one line of JSON on stderr. */
  readonly report?: Report | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

/** An authority. */
export interface Authority {
  /** Answers a request. */
  fetch(request: Request, bindings?: Bindings): Response | Promise<Response>
  /** Makes an enrolment secret, as whoever runs the process may. */
  enrol(request: EnrolmentRequest): Promise<Enrolment>
  /** The root public key that signs now: what verifiers pin. */
  publicKey(): Promise<string>
  /** Whom the policy in force lets change it. If that is nobody, it is in force for ever. */
  administrators(): Promise<readonly string[]>
  /** Ends its streams and timers, after a last checkpoint. The store stays open. */
  close(): Promise<void>
}

const DEFAULT_NAME = 'service:authority'
const DEFAULT_STREAMS = 10_000

/**
 * Creates an authority: a handler of web requests around a policy, keys and a store. On the first start it makes the keys and
 * puts the first policy in force.
 *
 * @throws `TypeError` that starts with the name of the option that is wrong.
 * @throws `AuthorityError` `invalid_policy`; `KeyError` if the keys cannot be opened; `StoreError`.
 *
 * @example
 * ```ts
 * import { createAuthority, createLocalKeys, loadMasterKey, openStore } from '@writ/authority'
 *
 * const folder = './writ-data'
 * const masterKey = await loadMasterKey({ environment: process.env, folder })
 * const authority = await createAuthority({
 *   store: await openStore(folder),
 *   keyProvider: createLocalKeys({ masterKey }),
 *   url: 'https://authority.example',
 *   initial: { policy: '[[objects]]\nid = "service:gateway"' },
 * })
 * const response = await authority.fetch(new Request('https://authority.example/healthz'))
 * ```
 */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  const { store, keyProvider, resolver, singleUse, initial, limits, report = reportOnStderr } = options
  const { name = DEFAULT_NAME, trustProxy = 0, maxStreams = DEFAULT_STREAMS, now = systemClock } = options
  const url = readUrl(options.url)
  if (!Number.isInteger(trustProxy) || trustProxy < 0) throw new TypeError('trustProxy: must be a count of proxies')
  const rules = await createRules({ store, keyProvider, resolver, singleUse, now, initial })
  const parts: AuthorityParts = { store, rules, keyProvider, issuerKeys: createIssuerKeys(), url, name, now }
  const streams = createFeedStreams(store, maxStreams)
  const http = { ...parts, guard: createAdminGuard(parts), limits: createLimits(limits), streams, report, trustProxy }
  const metrics = createMetrics(() => streams.size)
  const count: OnAct = (act) => {
    metrics.count(act)
    try {
      options.onAct?.(act)
    } catch (error) {
      report({ event: 'onAct failed', error })
    }
  }
  const app = createApp({ ...http, metrics, count })
  const onFailure = (event: string) => (error: unknown) => report({ event, error })
  const endCheckpoints = startCheckpoints(parts, {
    onCheckpoint: options.onCheckpoint,
    onFailure: onFailure('checkpoint failed'),
  })
  const endPruning = startPruning(parts, onFailure('pruning failed'))
  return Object.freeze({
    fetch: (request, bindings = {}) => app.fetch(request, bindings),
    enrol: (request) => createEnrolment(parts, request),
    publicKey: async () => (await rules.current()).keys.root.publicKey,
    administrators: async () => [...(await (await rules.current()).policy.holders('authority.policy', 'write'))],
    async close() {
      streams.close()
      endPruning()
      await endCheckpoints()
      rules.close()
    },
  } satisfies Authority)
}

function readUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new TypeError('url: must be an http or https URL without a path')
  return url.origin
}

function systemClock(): number {
  return Date.now() / 1000
}
