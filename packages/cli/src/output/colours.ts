import picocolors from 'picocolors'
import type { Io } from '../io.ts'

/** The colours of a command. */
export type Colours = ReturnType<typeof picocolors.createColors>

/** Colours on a terminal only, and never where `NO_COLOR` is set (https://no-color.org). */
export function coloursFor({ stdout, environment }: Io): Colours {
  const isWanted = stdout.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'
  return picocolors.createColors(isWanted)
}
