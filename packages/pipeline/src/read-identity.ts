import { closeSync, readFileSync } from 'node:fs'

const VARIABLE = 'WRIT_IDENTITY'
const DESCRIPTOR = 'WRIT_IDENTITY_FD'
const FORM = /^(?:[3-9]|[1-9][0-9]{1,3})$/

/** What was read from an environment, for those who ask again. */
const READ = new WeakMap<object, string>()

/**
 * Reads the identity of the job that this process is: from the file descriptor of `WRIT_IDENTITY_FD`, or else from
 * `WRIT_IDENTITY`. Both variables are removed, so that no process that this one starts inherits them.
 *
 * @param environment - Default: that of this process.
 * @returns The identity token. The same one when it is asked again.
 * @throws `TypeError` that starts with the name of the variable.
 *
 * @example
 * ```ts
 * import { createClient } from '@writ/client'
 * import { readIdentity } from '@writ/pipeline'
 *
 * const identity = readIdentity()
 * const client = createClient({
 *   url: process.env['WRIT_AUTHORITY_URL'] ?? '',
 *   keys: process.env['WRIT_PUBLIC_KEY'] ?? '',
 *   // A function: the identity of a job is not renewed.
 *   identity: () => identity,
 * })
 * export const token = await client.capabilityFor({ target: 'packages', operation: 'publish' })
 * ```
 */
export function readIdentity(environment: Record<string, string | undefined> = process.env): string {
  const known = READ.get(environment)
  if (known !== undefined) return known
  const { [DESCRIPTOR]: descriptor, [VARIABLE]: value } = environment
  delete environment[DESCRIPTOR]
  delete environment[VARIABLE]
  const identity = descriptor === undefined ? value?.trim() : readDescriptor(descriptor)
  if (!identity) throw new TypeError(`${VARIABLE}: is not set, so this process is no job`)
  READ.set(environment, identity)
  return identity
}

function readDescriptor(text: string): string {
  if (!FORM.test(text)) throw new TypeError(`${DESCRIPTOR}: must be the number of a file descriptor`)
  const number = Number(text)
  try {
    const identity = readFileSync(number, 'utf8').trim()
    closeSync(number)
    if (identity !== '') return identity
  } catch (cause) {
    throw new TypeError(`${DESCRIPTOR}: cannot be read`, { cause })
  }
  throw new TypeError(`${DESCRIPTOR}: there is nothing to read, or it was read before`)
}
