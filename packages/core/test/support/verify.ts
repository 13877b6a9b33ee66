import {
  type CapabilityRequest,
  createVerifier,
  type VerifiedCapability,
  type VerifierOptions,
} from '../../src/index.ts'
import { CapabilityError } from '../../src/internal/base/capability-error.ts'
import { capabilityBlock } from './forge/datalog.ts'
import { forge } from './forge/forge.ts'
import type { BlockSpec, TokenSpec } from './forge/model.ts'
import { root } from './keys.ts'

/** The moment at which all tests run; forged capabilities end at 2000000000. */
export const NOW = 1_900_000_000

export const READ_INVOICES: CapabilityRequest = { resource: 'invoices', operation: 'read' }

export const READ_ACME: CapabilityRequest = { ...READ_INVOICES, designations: { tenantId: 'acme' } }

/** Verifies with the root key and the frozen clock. */
export function verify(
  token: string,
  request: CapabilityRequest = READ_INVOICES,
  options: Partial<VerifierOptions> = {},
): Promise<VerifiedCapability> {
  return createVerifier({ keys: root.publicKey, anchor: null, now: () => NOW, ...options }).verify(token, request)
}

/** The refusal of a promise that must be refused. */
export async function refusal(promise: Promise<unknown>): Promise<CapabilityError> {
  const outcome = await promise.then(
    () => new Error('expected a refusal, but the token was accepted'),
    (error: unknown) => error,
  )
  if (outcome instanceof CapabilityError) return outcome
  throw outcome
}

export async function codeOf(promise: Promise<unknown>): Promise<string> {
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
