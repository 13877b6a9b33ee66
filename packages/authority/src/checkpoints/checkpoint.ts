import type { CheckpointTable } from '../store/tables.ts'

/**
 * The end of the audit at one time, signed by an audit key. Kept elsewhere, it shows later whether anything up to it was
 * changed, even by somebody who can write the whole database.
 */
export interface Checkpoint {
  /** Of the last record that it covers. */
  readonly sequence: number
  /** When it was signed, in Unix milliseconds. */
  readonly timeMs: number
  /** The hash of the last record, which depends on all before it. */
  readonly hash: string
  /** The id of the audit key. */
  readonly keyId: number
  /** The statement `checkpoint` over `[sequence, timeMs, hash, keyId]`. */
  readonly signature: string
}

/** What the signature covers, in its order. */
export function checkpointMembers({
  sequence,
  timeMs,
  hash,
  keyId,
}: Omit<Checkpoint, 'signature'>): readonly (number | string)[] {
  return [sequence, timeMs, hash, keyId]
}

/** A checkpoint as it is kept. */
export function readCheckpoint(row: CheckpointTable): Checkpoint {
  return {
    sequence: row.sequence,
    timeMs: row.time_ms,
    hash: row.hash,
    keyId: row.key_id,
    signature: row.signature,
  }
}
