import * as z from 'zod'
import type { Checkpoint } from './checkpoint.ts'

const MAX_LENGTH = 1000

const SCHEMA = z.strictObject({
  sequence: z.int().positive(),
  timeMs: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  keyId: z.int().nonnegative(),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
})

/**
 * Reads an exported checkpoint. Whether it is genuine is known only after `verifyAudit` has checked its signature.
 *
 * @throws `TypeError` if it is no checkpoint.
 *
 * @example
 * ```ts
 * import { parseCheckpoint } from '@writ/authority'
 *
 * export function sequenceOf(line: string): number {
 *   return parseCheckpoint(line).sequence
 * }
 * ```
 */
export function parseCheckpoint(line: string): Checkpoint {
  try {
    if (line.length > MAX_LENGTH) throw new RangeError('it is too long')
    return SCHEMA.parse(JSON.parse(line))
  } catch (cause) {
    throw new TypeError('checkpoint: must be a line of exportCheckpoint', { cause })
  }
}
