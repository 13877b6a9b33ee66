import { randomBytes } from 'node:crypto'
import { link, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { KeyError } from '../key-error.ts'

const VARIABLE = 'WRIT_MASTER_KEY'
const FILE = 'master.key'
const LENGTH = 32
const HEX = /^[0-9a-f]{64}$/i
/** With or without padding, in either alphabet. */
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/
/** More than any form of a key has. */
const MAX_FILE_LENGTH = 100
const OTHERS = 0o077

/** Where a master key is looked for. */
export interface LoadMasterKeyOptions {
  /** Environment variables: `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The data folder of the authority. */
  readonly folder: string
}

/**
 * Loads the key under which private keys are encrypted: from the environment variable `WRIT_MASTER_KEY`, else from the
 * file `master.key` of the folder, which is made the first time, for its owner alone.
 *
 * Whoever has it and the database has every private key. A backup needs both, in different places.
 *
 * @returns 32 bytes.
 * @throws `KeyError` if the variable or the file holds no 32 bytes in hex or base64, or if others may use the file. The
 *   key itself is never printed.
 *
 * @example
 * ```ts
 * import { loadMasterKey } from '@writ/authority'
 *
 * const masterKey = await loadMasterKey({ environment: process.env, folder: './writ-data' })
 * ```
 */
export async function loadMasterKey({ environment, folder }: LoadMasterKeyOptions): Promise<Uint8Array> {
  const given = environment[VARIABLE]
  // An empty variable is a mistake. To make a file instead would hide it until the variable is back.
  if (given !== undefined) return parse(given, VARIABLE)
  const path = join(folder, FILE)
  return (await read(path)) ?? (await create(folder, path))
}

async function create(folder: string, path: string): Promise<Uint8Array> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(LENGTH).toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    // Of several processes one succeeds, and none sees half of a file.
    await link(draft, path)
    await syncFolder(folder)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  const key = await read(path)
  if (key === undefined) throw new KeyError(`${FILE} has vanished`)
  return key
}

/** `undefined` if there is no file. */
async function read(path: string): Promise<Uint8Array | undefined> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new KeyError(`${FILE} cannot be read`, undefined, { cause: error })
  }
  try {
    const status = await file.stat()
    if (!status.isFile() || status.size > MAX_FILE_LENGTH) throw new KeyError(`${FILE} is no file of a key`)
    if (process.platform !== 'win32' && (status.mode & OTHERS) !== 0) {
      throw new KeyError(`others may use ${FILE}: its mode must be 0600`)
    }
    return parse(await file.readFile('utf8'), FILE)
  } finally {
    await file.close()
  }
}

function parse(text: string, name: string): Uint8Array {
  const trimmed = text.trim()
  if (HEX.test(trimmed)) return Buffer.from(trimmed, 'hex')
  const bytes = BASE64.test(trimmed) ? Buffer.from(trimmed, 'base64') : undefined
  if (bytes?.length !== LENGTH) throw new KeyError(`${name} must be 32 bytes in hex or base64`)
  return bytes
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code
}
