import * as v from 'valibot'
import { badAnswer } from '../remote-runtime.ts'

const HASH = /^[0-9a-f]{64}$/
const SIGNATURE = /^[0-9a-f]{128}$/
const MAX_VALUE = 512
const MAX_ENTRIES = 1000

/** An entry of the feed, as the authority sends it. */
export interface FeedEntry {
  readonly sequence: number
  readonly timeMs: number
  readonly type: 'token' | 'actor'
  readonly value: string
  readonly issuedBefore: number | null
  readonly expiresAt: number
}

/** The signed end of the feed at one time. */
export interface FeedHead {
  readonly sequence: number
  readonly timeMs: number
  readonly hash: string
  readonly baseSequence: number
  readonly baseHash: string
  readonly keyId: number
  readonly signature: string
}

export interface FeedPage {
  readonly entries: readonly FeedEntry[]
  readonly head: FeedHead
  readonly more: boolean
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const hash = v.pipe(v.string(), v.regex(HASH))

const ENTRY: v.GenericSchema<unknown, FeedEntry> = v.object({
  sequence: count,
  timeMs: count,
  type: v.picklist(['token', 'actor']),
  value: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_VALUE)),
  issuedBefore: v.nullable(count),
  expiresAt: count,
}) as never
const HEAD: v.GenericSchema<unknown, FeedHead> = v.object({
  sequence: count,
  timeMs: count,
  hash,
  baseSequence: count,
  baseHash: hash,
  keyId: count,
  signature: v.pipe(v.string(), v.regex(SIGNATURE)),
}) as never
const PAGE: v.GenericSchema<unknown, FeedPage> = v.object({
  entries: v.pipe(v.array(ENTRY), v.maxLength(MAX_ENTRIES)),
  head: HEAD,
  more: v.boolean(),
}) as never

/** @throws `ClientError` `bad_answer` */
export function readEntry(value: unknown): FeedEntry {
  return read(ENTRY, value)
}

/** @throws `ClientError` `bad_answer` */
export function readHead(value: unknown): FeedHead {
  return read(HEAD, value)
}

/** @throws `ClientError` `bad_answer` */
export function readPage(value: unknown): FeedPage {
  return read(PAGE, value)
}

function read<Result>(schema: v.GenericSchema<unknown, Result>, value: unknown): Result {
  const parsed = v.safeParse(schema, value)
  if (!parsed.success) throw badAnswer('the feed is not of the known form')
  return parsed.output
}
