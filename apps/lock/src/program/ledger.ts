import type { UseLedger } from '@writ/device'
import type { Host } from './host.ts'

/** No capability may live longer, in seconds. What was used longer ago has ended, and is forgotten. */
export const LONGEST_LIFE = 86_400

/** So many uses are remembered. Beyond that the lock refuses rather than forget one. */
const MOST = 256

/** A line of the ledger: when a capability was used, and which one. */
const LINE = /^([0-9]{1,12}) ([0-9a-f]{1,256}) ([^\s]{1,128})$/

/**
 * The ledger of a lock: it remembers what was used. The authority cannot tell it what was issued, because there is no network;
 * but capabilities are for this lock alone, so what it does not remember was not used.
 */
export function createLedger(device: Host): UseLedger {
  return {
    issue() {
      throw new Error('a lock issues nothing')
    },
    consume(tokenId, facet) {
      const lines = readLines(device)
      const now = timeAfter(device, lines)
      const used = lines.filter(({ at }) => now - at <= LONGEST_LIFE)
      if (used.some((line) => line.tokenId === tokenId && line.facet === facet)) return false
      const added = `${now} ${tokenId} ${facet}`
      if (!LINE.test(added)) throw new Error('no line of the ledger can hold this')
      if (used.length >= MOST) throw new Error('the ledger is full')
      // The door opens only when the use is on the disk: after a crash it counts as used.
      if (device.appendLedger(added) !== true) throw new Error('the ledger cannot be written')
      return true
    },
  }
}

/** Removes lines of capabilities that have ended. Called when the lock starts. */
export function shortenLedger(device: Host): void {
  const lines = readLines(device)
  const now = timeAfter(device, lines)
  // The last one stays, so that the clock cannot be set back.
  const kept = lines.filter(({ at }, index) => now - at <= LONGEST_LIFE || index === lines.length - 1)
  if (kept.length === lines.length) return
  if (!device.replaceLedger(kept.map(({ at, tokenId, facet }) => `${at} ${tokenId} ${facet}`).join('\n')))
    throw new Error('the ledger cannot be written')
}

/** The time, which must not be before the last use: somebody may have set the clock back. */
export function timeAfter(device: Host, lines: readonly Line[] = readLines(device)): number {
  const now = Math.floor(device.now())
  const last = lines.at(-1)
  if (last !== undefined && now < last.at) throw new Error('the clock was set back')
  return now
}

interface Line {
  readonly at: number
  readonly tokenId: string
  readonly facet: string
}

/** One line that cannot be read, and nobody knows what was used. */
function readLines(device: Host): readonly Line[] {
  const lines = device.readLedger().split('\n')
  // What follows the end of the last line was being written when the power went, and that time the door did not open.
  return lines.slice(0, -1).map((line) => {
    const [, at, tokenId, facet] = LINE.exec(line) ?? []
    if (at === undefined || tokenId === undefined || facet === undefined) throw new Error('the ledger cannot be read')
    return { at: Number(at), tokenId, facet }
  })
}
