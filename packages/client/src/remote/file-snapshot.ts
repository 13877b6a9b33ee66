import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import type { Snapshot } from './snapshot.ts'

/**
 * Keeps the last good state of `remoteKeys` or `remoteRevocations` in a file, for the time when the authority is down as the
 * service starts. The file is readable by its owner only (0600) and is replaced as a whole: a crash leaves the old or the
 * new one. It is no secret, but whoever can write it can have revocations of the past forgotten: keep it in a folder that
 * only the service can write.
 *
 * @param path - The file; its folder exists. Each of `remoteKeys` and `remoteRevocations` needs a file of its own.
 *
 * @example
 * ```ts
 * import { remoteKeys } from '@writ/client'
 * import { fileSnapshot } from '@writ/client/node'
 *
 * export const keys = remoteKeys('https://authority.example', {
 *   pinned: process.env['WRIT_ROOT_KEY'] ?? '',
 *   snapshot: fileSnapshot('/var/lib/billing/keys.json'),
 * })
 * ```
 */
export function fileSnapshot(path: string): Snapshot {
  return {
    read: async () => {
      try {
        return await readFile(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    write: async (text) => {
      const temporary = `${path}.${randomUUID()}.tmp`
      try {
        const file = await open(temporary, 'wx', 0o600)
        try {
          await file.writeFile(text)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(temporary, path)
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
    },
  }
}
