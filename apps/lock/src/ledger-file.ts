import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** More is not read: the ledger of a lock is short. */
const MAX_BYTES = 256 * 1024

/** The ledger of a lock in a file, as the device sees it. */
export interface LedgerFile {
  read(): string
  append(line: string): boolean
  replace(lines: string): boolean
}

/**
 * Opens the ledger of a lock. The file is made when the lock is installed, by {@link createLedgerFile}. Where it is missing
 * later, nobody knows what was used, and nothing that can be used once opens the door.
 */
export function openLedgerFile(path: string): LedgerFile {
  return {
    read() {
      const text = readFileSync(path, 'utf8')
      if (text.length > MAX_BYTES) throw new Error('the ledger is too long')
      return text
    },
    // In place of what follows the last whole line: that was being written when the power went.
    append: (line) => write(path, 'r+', line, readFileSync(path).lastIndexOf('\n') + 1),
    replace(lines) {
      const next = `${path}.next`
      if (!write(next, 'w', lines, 0)) return false
      renameSync(next, path)
      syncFolder(path)
      return true
    },
  }
}

/** Makes the ledger of a new lock. A lock that has one keeps it. */
export function createLedgerFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
    syncFolder(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Writes whole lines, and waits until they are on the disk. */
function write(path: string, flags: 'r+' | 'w', text: string, at: number): boolean {
  const file = openSync(path, flags, 0o600)
  try {
    ftruncateSync(file, at)
    const bytes = Buffer.from(text === '' ? '' : `${text}\n`)
    if (writeSync(file, bytes, 0, bytes.length, at) !== bytes.length) return false
    fsyncSync(file)
    return true
  } finally {
    closeSync(file)
  }
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
