import { open, readFile } from 'node:fs/promises'
import type { KeyPair } from '@writ/core'
import { printable } from '@writ/core'
import { usageError } from '../cli-error.ts'

const KEYS = /^(export\s+)?WRIT_P(UBLIC|RIVATE)_KEY=/m

/**
 * Adds a key pair to a file of mode 0600. Keys that are there already stay: tokens may be signed with them.
 *
 * @param name - What the file is called in an error.
 */
export async function addKeysToFile(path: string, { publicKey, privateKey }: KeyPair, name: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return ''
    throw usageError(`${printable(name)}: this file cannot be read (${error.code})`)
  })
  if (KEYS.test(before)) throw usageError(`${printable(name)}: this file has a key pair already`)
  const separator = before === '' || before.endsWith('\n') ? '' : '\n'
  await using file = await open(path, 'a', 0o600)
  // Before the key is in it: the file may have been there with another mode.
  await file.chmod(0o600)
  await file.appendFile(`${separator}WRIT_PUBLIC_KEY=${publicKey}\nWRIT_PRIVATE_KEY=${privateKey}\n`)
}
