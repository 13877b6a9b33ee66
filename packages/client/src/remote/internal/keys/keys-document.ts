import * as v from 'valibot'
import { badAnswer } from '../remote-runtime.ts'

const MAX_KEYS = 64
const PUBLIC_KEY = /^(?:ed25519\/[0-9a-f]{64}|secp256r1\/0[23][0-9a-f]{64})$/

/** Tells whether a value is a public key in Biscuit's notation. */
export function isPublicKey(value: unknown): boolean {
  return typeof value === 'string' && PUBLIC_KEY.test(value)
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xffff_ffff))
const publicKey = v.pipe(v.string(), v.maxLength(80), v.regex(PUBLIC_KEY))

/** A key as its authority publishes it. Nothing of it is proven. */
export interface KeyRecord {
  readonly id: number
  readonly purpose: 'root' | 'feed' | 'audit'
  readonly publicKey: string
  readonly certifiedBy: number | null
  readonly certificate: string | null
}

const KEY_RECORD: v.GenericSchema<unknown, KeyRecord> = v.object({
  id,
  purpose: v.picklist(['root', 'feed', 'audit']),
  publicKey,
  certifiedBy: v.nullable(id),
  certificate: v.nullable(v.pipe(v.string(), v.length(128))),
}) as never

const DOCUMENT = v.object({ keys: v.pipe(v.array(KEY_RECORD), v.maxLength(MAX_KEYS)) })

/**
 * Reads the document at `/.well-known/writ`. Members that are not needed are left alone.
 *
 * @throws `ClientError` `bad_answer`.
 */
export function readKeysDocument(value: unknown): readonly KeyRecord[] {
  const parsed = v.safeParse(DOCUMENT, value)
  if (!parsed.success) throw badAnswer('the keys of the authority are not of the known form')
  const { keys } = parsed.output
  if (new Set(keys.map((key) => key.id)).size < keys.length) throw badAnswer('two keys of the authority have one id')
  return keys
}
