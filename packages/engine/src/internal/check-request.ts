import type { MintRequest } from '../engine.ts'

const MINT = {
  subject: true,
  identity: true,
  target: true,
  operation: true,
  designations: true,
  input: true,
  context: true,
  anchor: true,
  expiresIn: true,
  singleUse: true,
} satisfies Record<keyof MintRequest, true>

/** Checks the form of a request, so that what is wrong in the program is not taken for a refusal. */
export function checkMint(request: unknown): void {
  checkKeys('request', request, MINT)
  const { subject, identity, target, operation, context, anchor, singleUse } = request as Record<string, unknown>
  if ((subject === undefined) === (identity === undefined))
    throw new TypeError('subject: either it or identity is required')
  for (const [name, value] of Object.entries({ subject, identity, context, anchor })) {
    if (value !== undefined) checkText(name, value)
  }
  checkText('target', target)
  checkText('operation', operation)
  if (singleUse !== undefined && typeof singleUse !== 'boolean') throw new TypeError('singleUse: must be true or false')
}

/** @throws `TypeError` that starts with `name`, or with the name of the unknown member. */
export function checkKeys(name: string, value: unknown, allowed: Readonly<Record<string, true>>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${name}: must be an object`)
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(allowed, key))
  if (unknown === undefined) return
  throw new TypeError(`${JSON.stringify(unknown)}: unknown, must be one of ${Object.keys(allowed).join(', ')}`)
}

/** @throws `TypeError` that starts with `name`. */
export function checkText(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name}: must be a string that is not empty`)
}
