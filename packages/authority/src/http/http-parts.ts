import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HonoGuard } from '@writ/hono'
import type { AuthorityParts } from '../authority-parts.ts'
import type { OnAct } from './act.ts'
import type { FeedStreams } from './feed/feed-streams.ts'
import type { Metrics } from './metrics.ts'
import type { Report } from './report.ts'

/** What the adapter of a Node server passes on. Elsewhere there is none of it. */
export interface Bindings {
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string | undefined } } | undefined
}

/** The environment of the app. */
export interface HttpEnv {
  Bindings: Bindings
  Variables: {
    requestId: string
    /** The token of the `Authorization` header, proven to be an identity. */
    identity: string
    /** The code of the problem that is answered. */
    code: string
  }
}

/** The app of an authority. */
export type App = OpenAPIHono<HttpEnv>

/** Counts what callers ask for. */
export interface Limits {
  /** @throws `AuthorityError` `too_many_requests` */
  takeAddress(address: string): void
  /** For those who have proven nothing: secrets and assertions. */
  takeCredential(address: string): void
  takeSubject(subject: string): void
}

/** What the routes are given besides the parts of every act. */
export interface HttpParts extends AuthorityParts {
  readonly guard: HonoGuard<HttpEnv>
  readonly limits: Limits
  readonly metrics: Metrics
  /** Counts an act, and tells whoever wants to hear of it. */
  readonly count: OnAct
  readonly streams: FeedStreams
  readonly report: Report
  /** How many proxies in front are trusted to say who called them. */
  readonly trustProxy: number
}
