import { expect } from 'vitest'
import {
  CapabilityError,
  type CapabilityErrorCode,
  type CapabilityRequest,
  createVerifier,
  inspect,
  type VerifiedCapability,
  type VerifierOptions,
} from '../../src/index.ts'
import { capabilityBlock } from './forge/datalog.ts'
import { forge } from './forge/forge.ts'
import type { BlockSpec, TokenSpec } from './forge/model.ts'
import { root } from './keys.ts'

/** The moment at which all tests run; forged capabilities end at 2000000000. */
export const NOW = 1_900_000_000

export const READ_INVOICES: CapabilityRequest = { resource: 'invoices', operation: 'read' }

export const READ_ACME: CapabilityRequest = { ...READ_INVOICES, designations: { tenantId: 'acme' } }

/** Which token a verification is about, so that a failing test can print the token. */
const tokens = new WeakMap<Promise<unknown>, string>()

/** Remembers which token the verification is about. */
export function about<T>(token: string, verification: Promise<T>): Promise<T> {
  tokens.set(verification, token)
  return verification
}

/** Verifies with the root key and the frozen clock. */
export function verify(
  token: string,
  request: CapabilityRequest = READ_INVOICES,
  options: Partial<VerifierOptions> = {},
): Promise<VerifiedCapability> {
  const verifier = createVerifier({ keys: root.publicKey, anchor: null, now: () => NOW, ...options })
  return about(token, verifier.verify(token, request))
}

export interface Refusal {
  readonly code: string
  readonly publicCode?: string
  readonly label?: string | undefined
  readonly block?: number | undefined
  readonly check?: number | undefined
  readonly expected?: string | undefined
  readonly actual?: string | undefined
  readonly cause?: unknown
}

/**
 * Expects that the promise is refused with this code and with each of the other fields that are given. A field that is given as
 * `undefined` must be undefined. A failure prints what was refused and what `inspect` says about the token.
 *
 * @param token - Only for promises that do not come from `verify`, `speaks` or the `verify` of `contexts.ts`.
 */
export async function expectRefused(
  promise: Promise<unknown>,
  refused: Refusal,
  token: string | undefined = tokens.get(promise),
): Promise<CapabilityError> {
  const error = await promise.then(
    async (result) => expect.fail(await story(`accepted, but expected ${refused.code}`, token, result)),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof CapabilityError)) throw error
  const { code, publicCode, label, block, check, expected, actual, cause } = error
  const fields = { code, publicCode, label, block, check, expected, actual, cause }
  try {
    expect(fields).toMatchObject(refused)
  } catch {
    const seen = printed({ code, publicCode, label, block, check, expected, actual })
    expect(fields, await story(`refused, but not as expected: ${seen}`, token)).toMatchObject(refused)
  }
  return error
}

/** The refusal of a promise that must be refused. `expectRefused` says more where it fails. */
export async function refusal(promise: Promise<unknown>): Promise<CapabilityError> {
  const token = tokens.get(promise)
  const error = await promise.then(
    async (result) => expect.fail(await story('accepted, but expected a refusal', token, result)),
    (thrown: unknown) => thrown,
  )
  if (error instanceof CapabilityError) return error
  throw error
}

/** The code of a refusal, for tables of codes. */
export async function codeOf(promise: Promise<unknown>): Promise<CapabilityErrorCode> {
  return (await refusal(promise)).code
}

/** A capability of alice to read invoices, with more blocks if given, signed by the root key. */
export function capability(
  authority: BlockSpec = capabilityBlock(),
  blocks: readonly BlockSpec[] = [],
  rest: Partial<TokenSpec> = {},
): string {
  return forge({ root: root.privateKey, authority, blocks, ...rest })
}

/** What happened, and what the token says. */
async function story(outcome: string, token: string | undefined, result?: unknown): Promise<string> {
  const lines = [outcome]
  if (result !== undefined) lines.push(`result: ${printed(result)}`)
  if (token !== undefined) lines.push(`token: ${await inspected(token)}`)
  return lines.join('\n')
}

function inspected(token: string): Promise<string> {
  return inspect(token).then(printed, (error: unknown) => `${token.slice(0, 200)} (${String(error)})`)
}

function printed(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part), 2) ?? String(value)
  )
}
