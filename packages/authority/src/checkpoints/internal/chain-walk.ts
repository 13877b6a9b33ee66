import { hashRecord } from '../../audit/internal/hash-record.ts'
import type { AuditTable } from '../../store/tables.ts'
import type { AuditFault, AuditFaultCode, AuditReport } from '../audit-report.ts'
import type { Checkpoint } from '../checkpoint.ts'

const MAX_FAULTS = 100
const NOTHING = '0'.repeat(64)

/** Goes along the records of the audit and notes what is wrong. */
export class ChainWalk {
  /** The sequence of the last record that was read. */
  cursor: number
  readonly #since: Checkpoint | undefined
  readonly #isGenuine: (checkpoint: Checkpoint) => boolean
  readonly #faults: AuditFault[] = []
  #records = 0
  #checkpoints = 0
  #signedUpTo: number
  #expected: number
  /** The hash of the record before; undefined where that is not known. */
  #previous: string | undefined

  constructor(since: Checkpoint | undefined, isGenuine: (checkpoint: Checkpoint) => boolean) {
    this.#since = since
    this.#isGenuine = isGenuine
    this.#expected = since?.sequence ?? 1
    this.#previous = since === undefined ? NOTHING : undefined
    this.#signedUpTo = since?.sequence ?? 0
    this.cursor = since === undefined ? Number.MIN_SAFE_INTEGER : since.sequence - 1
  }

  get canGoOn(): boolean {
    return this.#faults.length < MAX_FAULTS
  }

  found(code: AuditFaultCode, sequence: number): void {
    if (this.canGoOn) this.#faults.push({ code, sequence })
  }

  /** The next record, and the checkpoint that was signed at it. */
  take(row: AuditTable, checkpoint: Checkpoint | undefined): void {
    const { sequence, hash } = row
    this.cursor = sequence
    this.#records++
    if (sequence < this.#expected) {
      this.found('inserted', sequence)
      return
    }
    if (sequence > this.#expected) {
      this.found('removed', this.#expected)
      this.#previous = undefined
    }
    if (hashRecord(row) !== hash) this.found('edited', sequence)
    if (this.#previous !== undefined && row.previous_hash !== this.#previous) this.found('unlinked', sequence)
    if (sequence === this.#since?.sequence && hash !== this.#since.hash) this.found('rewritten', sequence)
    if (checkpoint !== undefined) this.#compare(checkpoint, hash)
    this.#expected = sequence + 1
    this.#previous = hash
  }

  /** After the last record: the head, or a checkpoint, says that this is where the chain ends. */
  end(sequence: number, hash: string): void {
    const hasSince = this.#since === undefined || this.#records > 0
    if (this.#expected <= sequence || !hasSince) this.found('removed', this.#expected)
    else if (this.#previous !== hash) this.found('rewritten', this.#expected - 1)
  }

  report(): AuditReport {
    return {
      intact: this.#faults.length === 0,
      faults: [...this.#faults],
      records: this.#records,
      checkpoints: this.#checkpoints,
      sequence: this.#expected - 1,
      signedUpTo: this.#signedUpTo,
    }
  }

  #compare(checkpoint: Checkpoint, hash: string): void {
    if (!this.#isGenuine(checkpoint)) this.found('forged_checkpoint', checkpoint.sequence)
    else if (checkpoint.hash !== hash) this.found('rewritten', checkpoint.sequence)
    else {
      this.#checkpoints++
      this.#signedUpTo = checkpoint.sequence
    }
  }
}
