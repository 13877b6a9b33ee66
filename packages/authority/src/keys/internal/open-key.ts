import { randomBytes } from 'node:crypto'
import type { Signer } from '@writ/core'
import type { KeyTable } from '../../store/tables.ts'
import { KeyError } from '../key-error.ts'
import type { KeyProvider } from '../key-provider.ts'
import { signStatement } from '../sign-statement.ts'

const CHALLENGE_LENGTH = 16

/**
 * The signer of a key that is kept. It must sign once, so that nobody puts another key beside the name of one in a device.
 *
 * @throws `KeyError` that names the key if the provider cannot open it.
 */
export async function openKey(provider: KeyProvider, row: KeyTable): Promise<Signer> {
  if (row.provider !== provider.name) {
    throw new KeyError(`it is kept by the key provider ${row.provider}, and this one is ${provider.name}`, row.id)
  }
  try {
    const signer = await provider.open({ publicKey: row.public_key, purpose: row.purpose, sealed: row.sealed })
    if (signer.publicKey !== row.public_key) throw new Error('the provider has opened another key')
    await signStatement(signer, 'opened', [randomBytes(CHALLENGE_LENGTH).toString('hex')])
    return signer
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown'
    throw new KeyError(`it cannot be opened: ${reason}`, row.id, { cause })
  }
}
