import {
  attenuate,
  CapabilityError,
  type CapabilityErrorCode,
  type CapabilityRequest,
  createVerifier,
  type Keys,
  type MintCapabilityOptions,
  mintCapability,
  type Signer,
  type VerifiedCapability,
  type VerifierOptions,
} from '@writ/core'

/** What one runtime after the other has to do; it throws when it cannot. */
export interface Case {
  readonly name: string
  readonly run: () => Promise<void>
}

export const ALGORITHMS = ['ed25519', 'secp256r1'] as const

/** The moment at which every case runs. */
export const NOW = 1_900_000_000
const now = (): number => NOW

export const READ: CapabilityRequest = { resource: 'invoices', operation: 'read' }
export const READ_ACME: CapabilityRequest = { ...READ, designations: { tenantId: 'acme' } }

export const mint = (privateKey: string | Signer, options: Partial<MintCapabilityOptions> = {}): Promise<string> =>
  mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read', now, ...options }, privateKey)

export const narrow = (
  token: string,
  publicKey: string,
  options: Parameters<typeof attenuate>[2] = { designations: { tenantId: 'acme' } },
): Promise<string> => attenuate(token, publicKey, { now, ...options })

export const verify = (
  token: string,
  keys: Keys,
  request: CapabilityRequest = READ,
  options: Partial<VerifierOptions> = {},
): Promise<VerifiedCapability> => createVerifier({ keys, anchor: null, now, ...options }).verify(token, request)

/** Throws unless both are the same as JSON, member order included. */
export function same(actual: unknown, expected: unknown, what = 'value'): void {
  const [got, wanted] = [actual, expected].map((value) => JSON.stringify(value))
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, got ${got}`)
}

/** Waits for a refusal with this code, and with this public one; returns it. */
export async function refused(
  promise: Promise<unknown>,
  code: CapabilityErrorCode,
  publicCode: CapabilityErrorCode = code,
): Promise<CapabilityError> {
  const error = await failure(promise)
  if (!(error instanceof CapabilityError)) throw new Error(`expected ${code}, got ${error}`)
  same([error.code, error.publicCode], [code, publicCode], 'code')
  return error
}

/** Waits for a `TypeError` whose message begins with this. */
export async function misused(promise: Promise<unknown>, beginning: string): Promise<void> {
  const error = await failure(promise)
  if (!(error instanceof TypeError) || !error.message.startsWith(beginning)) {
    throw new Error(`expected a TypeError that begins with "${beginning}", got ${error}`)
  }
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`)
    },
    (error: unknown) => error,
  )
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}
