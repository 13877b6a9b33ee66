import { printable } from '@writ/core/hold'
import type { JobOptions } from '../job.ts'
import type { StartOptions } from '../job-process.ts'
import type { EndOptions, RunOptions } from '../run.ts'

/** One segment of a name, whose characters mean nothing to a shell, a path or a log. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

const RUN = { client: true, revocation: true, keys: true, identity: true, onLate: true, now: true } satisfies Record<
  keyof RunOptions,
  true
>
const JOB = { expiresIn: true, maxDepth: true, needs: true } satisfies Record<keyof JobOptions, true>
const START = {
  cwd: true,
  environment: true,
  identity: true,
  output: true,
  stdin: true,
  sameGroup: true,
} satisfies Record<keyof StartOptions, true>
const END = { within: true } satisfies Record<keyof EndOptions, true>

function checkMembers(value: unknown, allowed: Readonly<Record<string, true>>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('options: must be an object')
  }
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(allowed, key))
  if (unknown === undefined) return
  throw new TypeError(`${printable(unknown)}: unknown, must be one of ${Object.keys(allowed).join(', ')}`)
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`${name}: must be a function`)
}

export function checkRun(options: RunOptions): void {
  checkMembers(options, RUN)
  const { client, revocation, identity, onLate, now } = options
  if ((client === undefined) === (revocation === undefined)) {
    throw new TypeError('client: is required, or else revocation, and not both')
  }
  if (client === undefined && identity === undefined) {
    throw new TypeError('identity: is required where there is no client')
  }
  if (identity !== undefined && (typeof identity !== 'string' || identity === '')) {
    throw new TypeError('identity: must be an identity token')
  }
  checkFunction('onLate', onLate)
  checkFunction('now', now)
}

export function checkJob(name: string, options: JobOptions): void {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError('name: must be up to 64 letters, digits, ".", "_" and "-", and begin with a letter or a digit')
  }
  checkMembers(options, JOB)
  const { maxDepth, needs } = options
  if (maxDepth !== undefined && !(Number.isSafeInteger(maxDepth) && maxDepth >= 0)) {
    throw new TypeError('maxDepth: must be a whole number that is not negative')
  }
  if (needs !== undefined && !Array.isArray(needs)) throw new TypeError('needs: must be a list of jobs')
}

export function checkStart(command: string, args: readonly string[], options: StartOptions): void {
  if (typeof command !== 'string' || command === '') throw new TypeError('command: must be a text that is not empty')
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string')) {
    throw new TypeError('args: must be a list of texts')
  }
  checkMembers(options, START)
  const { identity, output } = options
  if (identity !== undefined && identity !== 'environment' && identity !== 'descriptor') {
    throw new TypeError('identity: must be environment or descriptor')
  }
  checkFunction('output', output)
}

export function checkEnd(options: EndOptions): void {
  checkMembers(options, END)
}
