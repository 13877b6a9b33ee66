import { STATUS_CODES } from 'node:http'
import type { Answer } from '../step.ts'
import type { Colours } from './page.ts'

/** Status and code of an answer, or what the status means; of the authority, what refused and why. */
export function inWords({ status, step, code }: Answer): string {
  if (status === undefined) return step === undefined ? 'minted' : `${step} ${code}`
  return `${status} ${code ?? STATUS_CODES[status] ?? ''}`
}

export interface Verdict {
  readonly verdict: 'PASSED' | 'STOPPED' | 'DIFFERS'
  readonly colour: (text: string) => string
}

/** One word for what came of something that was tried, and its colour. */
export function verdictOf(kept: boolean, passed: boolean, { bold, green, inverse, red }: Colours): Verdict {
  if (!kept) return { verdict: 'DIFFERS', colour: (text) => bold(inverse(text)) }
  return passed
    ? { verdict: 'PASSED', colour: (text) => bold(green(text)) }
    : { verdict: 'STOPPED', colour: (text) => bold(red(text)) }
}

export function inTime(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms`
}

/** Seconds until a token ends, in the unit that suits: `2 h`, `30 min`, `10 s`. */
export function timeLeft(seconds: number): string {
  if (seconds >= 5400) return `${Math.round(seconds / 3600)} h`
  return seconds >= 90 ? `${Math.round(seconds / 60)} min` : `${seconds} s`
}

/** `1 attack`, `2 attacks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
