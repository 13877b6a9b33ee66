/**
 * What is wrong with the audit at a sequence:
 * - `edited`: the record is not what its hash says.
 * - `unlinked`: the record does not follow the one before it: reordered, or hashed anew after an edit.
 * - `removed`: records are missing from here on.
 * - `inserted`: a record is where none was written.
 * - `rewritten`: the chain is whole, but not the one that the checkpoint or the head has.
 * - `forged_checkpoint`: no audit key that a trusted root key vouches for has signed the checkpoint.
 */
export type AuditFaultCode = 'edited' | 'unlinked' | 'removed' | 'inserted' | 'rewritten' | 'forged_checkpoint'

/** One thing that is wrong. */
export interface AuditFault {
  readonly code: AuditFaultCode
  readonly sequence: number
}

/** What the verification of an audit has found. */
export interface AuditReport {
  readonly intact: boolean
  /** In the order in which they were found, at most a hundred; then the search ends. */
  readonly faults: readonly AuditFault[]
  /** How many records were read. */
  readonly records: number
  /** How many genuine checkpoints agree with them. */
  readonly checkpoints: number
  /** The sequence of the last record. */
  readonly sequence: number
  /** The sequence of the last genuine checkpoint. What was recorded after it, a writer of the database can still change. */
  readonly signedUpTo: number
}
