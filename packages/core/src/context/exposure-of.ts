import { type VerifyContextOptions, verifyContext } from './verify-context.ts'

/**
 * Reads the labels that a session was exposed to, after full verification of its context.
 *
 * @param token - The context, URL-safe base64, with padding or without.
 * @param options - As for `verifyContext`; `keys` is required.
 * @returns The labels that the authority has recorded, each once.
 * @throws As `verifyContext`.
 *
 * @example
 * ```ts
 * import { exposureOf, generateKeyPair, mintContext } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const context = await mintContext({ subject: 'agent:alice', exposures: ['pii'] }, privateKey)
 * const labels = await exposureOf(context, { keys: publicKey }) // [ 'pii' ]
 * ```
 */
export async function exposureOf(token: string, options: VerifyContextOptions): Promise<readonly string[]> {
  return (await verifyContext(token, options)).exposures
}
