import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findSecrets, type Secret } from '@writ/pipeline'

/** A token or a private key that lies in a file. */
export interface FoundSecret {
  readonly file: string
  readonly kind: Secret['kind']
}

/** Searches all files of a folder for tokens and private keys. Also tells how many files there are. */
export async function searchFolder(
  folder: string,
): Promise<{ readonly files: number; readonly found: readonly FoundSecret[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const found = await Promise.all(
    files.map(async (file) => findSecrets(await readFile(file, 'latin1')).map(({ kind }) => ({ file, kind }))),
  )
  return { files: files.length, found: found.flat() }
}
