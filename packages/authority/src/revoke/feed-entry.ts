import type { RevocationTable } from '../store/tables.ts'

/** An entry of the revocation feed. It is in force for as long as it is in the feed. */
export interface FeedEntry {
  readonly sequence: number
  /** Unix milliseconds. */
  readonly timeMs: number
  /** `token`: every token that contains this block. `actor`: every identity of this name, and of the names below it. */
  readonly type: RevocationTable['type']
  /** A revocation id, lower-case hex; or a name. */
  readonly value: string
  /** Always null today: tokens do not say when they were issued, so the authority expands that into ids. */
  readonly issuedBefore: number | null
  /** When everything that it revokes has expired, in Unix seconds. */
  readonly expiresAt: number
}

/** The end of the feed at one time, signed by a feed key of the authority. */
export interface FeedHead {
  readonly sequence: number
  /** When this was the end of the feed, in Unix milliseconds. */
  readonly timeMs: number
  /** The hash of the entry `sequence`. */
  readonly hash: string
  /** Entries up to this one are in the feed no more: what they revoked has expired. */
  readonly baseSequence: number
  /** The hash of the entry `baseSequence`; of nothing, sixty-four zeros. */
  readonly baseHash: string
  readonly keyId: number
  /** Of the statement `feed-head`, in hex. */
  readonly signature: string
}
