import type { Signer } from '@writ/core'
import type { KeyTable } from '../../store/tables.ts'
import { KeyError } from '../key-error.ts'
import type { KeyProvider } from '../key-provider.ts'

/**
 * The signer of a key that is kept.
 *
 * @throws `KeyError` that names the key if the provider cannot open it.
 */
export async function openKey(provider: KeyProvider, row: KeyTable): Promise<Signer> {
  if (row.provider !== provider.name) {
    throw new KeyError(`it is kept by the key provider ${row.provider}, and this one is ${provider.name}`, row.id)
  }
  let signer: Signer
  try {
    signer = await provider.open({ publicKey: row.public_key, purpose: row.purpose, sealed: row.sealed })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown'
    throw new KeyError(`it cannot be opened: ${reason}`, row.id, { cause })
  }
  if (signer.publicKey !== row.public_key) throw new KeyError('the provider has opened another key', row.id)
  return signer
}
