// A program with neither DOM nor Node types, and with the libraries' own types checked.
import { CapabilityError, generateKeyPair, mintCapability } from '@writ/core'
import { createVerifier, type VerifiedCapability } from '@writ/core/verify'

export async function roundTrip(): Promise<VerifiedCapability> {
  const { publicKey, privateKey } = await generateKeyPair()
  const token = await mintCapability({ subject: 'user:alice', resource: 'invoices', operation: 'read' }, privateKey)
  const verifier = createVerifier({ keys: publicKey, anchor: null })
  return verifier.verify(token, { resource: 'invoices', operation: 'read' })
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof CapabilityError ? error.code : undefined
