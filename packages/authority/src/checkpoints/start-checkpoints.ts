import type { AuthorityParts } from '../authority-parts.ts'
import { formatCheckpoint } from './export-checkpoint.ts'
import { isCheckpointDue } from './internal/is-checkpoint-due.ts'
import { writeCheckpoint } from './write-checkpoint.ts'

const TICK_MS = 1000

/** What to do with checkpoints. */
export interface CheckpointOptions {
  /** Called with each checkpoint of this process as one line of JSON, to keep it elsewhere. Default: nothing. */
  readonly onCheckpoint?: ((line: string) => void) | undefined
  /** Called when one could not be written. It is tried again a second later. Default: nothing. */
  readonly onFailure?: ((error: unknown) => void) | undefined
}

/**
 * Writes checkpoints of the audit from now on: whenever a thousand records or ten seconds have passed since the last one,
 * if anything was recorded. Several processes share the work.
 *
 * @returns What ends that: it writes a last checkpoint and resolves when that is done.
 */
export function startCheckpoints(
  { store, rules, now }: Pick<AuthorityParts, 'store' | 'rules' | 'now'>,
  { onCheckpoint, onFailure }: CheckpointOptions = {},
): () => Promise<void> {
  async function write(): Promise<void> {
    const { keys } = await rules.current()
    const checkpoint = await store.transact((transaction) => writeCheckpoint(transaction, keys, now()))
    if (checkpoint !== undefined) onCheckpoint?.(formatCheckpoint(checkpoint))
  }

  let underWay: Promise<void> | undefined
  const timer = setInterval(() => {
    underWay ??= store
      .read((query) => isCheckpointDue(query, now()))
      .then((due) => (due ? write() : undefined))
      .catch((error: unknown) => onFailure?.(error))
      .finally(() => {
        underWay = undefined
      })
  }, TICK_MS).unref()

  return async () => {
    clearInterval(timer)
    await underWay
    await write().catch((error: unknown) => onFailure?.(error))
  }
}
