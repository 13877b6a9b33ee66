import type { CapabilityError } from '@writ/core/verify'
import type { GuardSettings } from '../read-guard-options.ts'
import { type LoggedRequest, refusalLine } from './refusal-line.ts'

/** How many refusals a second are printed: more would hide each other, and a stranger can cause any number. */
const PER_SECOND = 10

/** Prints a refusal. Never throws. */
export type RefusalLog = (error: CapabilityError, request: LoggedRequest, hint?: string) => void

/**
 * Returns the log of one guard. It says that there are more refusals than it prints, and how many there were with the first
 * of a later second. Seconds are the system's: the guard's clock is that of the tokens, and may stand still or jump.
 */
export function refusalLog({
  log,
  report,
  onDecision,
  rfc6750,
}: Pick<GuardSettings<never>, 'log' | 'report' | 'onDecision' | 'rfc6750'>): RefusalLog {
  if (!(log ?? (onDecision === undefined && isDevelopment()))) return () => {}
  let second = Number.NaN
  let count = 0
  return (error, request, hint) => {
    try {
      const current = Math.floor(Date.now() / 1000)
      if (current !== second) {
        if (count > PER_SECOND) print(`... and ${count - PER_SECOND} more`)
        second = current
        count = 0
      }
      count += 1
      if (count === PER_SECOND + 1) print(`... more than ${PER_SECOND} refusals in a second: the others are counted`)
      else if (count <= PER_SECOND) print(refusalLine(error, request, { report, rfc6750, hint }))
    } catch {
      // A line that cannot be made or written decides nothing.
    }
  }
}

function print(line: string): void {
  console.error(`writ: ${line}`)
}

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Where there is no such variable, it is not known to be development. Bundlers replace exactly this expression by a text. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production'
  } catch {
    return false
  }
}
