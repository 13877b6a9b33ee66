import type { KeyPurpose } from './key-provider.ts'
import type { SigningKey } from './key-set.ts'
import { signStatement } from './sign-statement.ts'
import { verifyStatement } from './verify-statement.ts'

/** What a certificate says of a key. */
export interface CertifiedKey {
  readonly id: number
  readonly purpose: KeyPurpose
  readonly publicKey: string
}

/**
 * A root key vouches for another key of its authority: whoever trusts the root key may trust the other for its purpose.
 *
 * @returns The certificate: a signature over `[id, purpose, publicKey, certifier.id]`, in hex.
 */
export async function certify(certifier: SigningKey, key: CertifiedKey): Promise<string> {
  return signStatement(certifier.signer, 'key', membersOf(key, certifier.id))
}

/** Tells whether a root key that is trusted has vouched for another key. */
export function isCertified(
  key: CertifiedKey,
  certificate: string,
  certifier: { readonly id: number; readonly publicKey: string },
): boolean {
  return verifyStatement(certifier.publicKey, 'key', membersOf(key, certifier.id), certificate)
}

function membersOf(key: CertifiedKey, certifierId: number): readonly (string | number)[] {
  return [key.id, key.purpose, key.publicKey, certifierId]
}
