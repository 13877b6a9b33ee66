import type { ContextRequest, ExposureRequest, ForkRequest, IdentityRequest, MintRequest } from '../engine.ts'
import { isTable } from '../policy/internal/read-values.ts'
import { designationsOf } from '../resolvers/internal/values.ts'

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
  delegatedBy: true,
} satisfies Record<keyof MintRequest, true>

/**
 * Checks the form of a request, so that what is wrong in the program is not taken for a refusal.
 *
 * @returns A copy. The caller may use its object again while the mint waits, and a member that is read twice may change.
 */
export function readMint(given: unknown): MintRequest {
  const request = readRequest(given, MINT)
  const { subject, identity, target, operation, context, anchor, singleUse } = request
  if ((subject === undefined) === (identity === undefined))
    throw new TypeError('subject: either it or identity is required')
  for (const [name, value] of Object.entries({ subject, identity, context, anchor })) {
    if (value !== undefined) checkText(name, value)
  }
  checkText('target', target)
  checkText('operation', operation)
  checkBoolean('singleUse', singleUse)
  const { designations, delegatedBy } = request
  if (delegatedBy !== undefined) {
    if (identity !== undefined) throw new TypeError('delegatedBy: an identity says it itself')
    checkTexts('delegatedBy', delegatedBy)
    request['delegatedBy'] = [...delegatedBy]
  }
  if (isTable(designations))
    request['designations'] = designationsOf(Object.entries(designations) as [string, string][])
  return Object.freeze(request) as unknown as MintRequest
}

export function readIdentity(given: unknown): IdentityRequest {
  const request = readRequest(given, { subject: true, delegatable: true, expiresIn: true })
  checkText('subject', request.subject)
  checkBoolean('delegatable', request.delegatable)
  return request as unknown as IdentityRequest
}

export function readContext(given: unknown): ContextRequest {
  const request = readRequest(given, { subject: true, expiresIn: true, fresh: true })
  checkText('subject', request.subject)
  checkBoolean('fresh', request.fresh)
  return request as unknown as ContextRequest
}

export function readFork(given: unknown): ForkRequest {
  const request = readRequest(given, { subject: true, expiresIn: true })
  checkText('subject', request.subject)
  return request as unknown as ForkRequest
}

export function readExposure(given: unknown): ExposureRequest {
  const request = readRequest(given, { exposures: true, source: true })
  checkTexts('exposures', request.exposures)
  checkText('source', request.source)
  return { exposures: [...request.exposures], source: request.source }
}

/** Reads each member of a request once. */
function readRequest<const Key extends string>(
  request: unknown,
  allowed: Readonly<Record<Key, true>>,
): Record<Key, unknown> {
  checkKeys('request', request, allowed)
  const members = Object.keys(allowed).map((key) => [key, (request as Record<string, unknown>)[key]])
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}

/** @throws `TypeError` that starts with `name`. */
function checkBoolean(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${name}: must be true or false`)
}

/** @throws `TypeError` that starts with `name`. A text is a list of letters, so it would record those. */
function checkTexts(name: string, value: unknown): asserts value is readonly string[] {
  if (!Array.isArray(value)) throw new TypeError(`${name}: must be an array of strings`)
  for (const [index, text] of value.entries()) checkText(`${name}[${index}]`, text)
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
