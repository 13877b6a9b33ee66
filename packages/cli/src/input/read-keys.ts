import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { importPrivateKey, importPublicKey } from '@writ/core'
import { usageError } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { readFile } from './read-bounded.ts'

const MAX_BYTES = 65_536
const PUBLIC = 'WRIT_PUBLIC_KEY'
const PRIVATE = 'WRIT_PRIVATE_KEY'
/** Bits of a mode by which others than the owner read or write. */
const OTHERS = 0o077

/** Where keys come from. */
export interface KeySource {
  /** A public key: Biscuit's notation, PEM or JWK. */
  readonly key?: string | undefined
  readonly privateKeyFile?: string | undefined
}

/**
 * The public key: `--key`, `WRIT_PUBLIC_KEY`, or that of the file `.env` of this folder.
 *
 * @throws `CliError` if there is none, or it is none.
 */
export async function readPublicKey(io: Io, { key }: KeySource): Promise<string> {
  const text = key ?? (await readVariable(io, PUBLIC))
  if (text === undefined) throw usageError(`key: name one with --key, or set ${PUBLIC}`)
  if (/-private\//.test(text)) throw usageError('key: this is a private key; change it, since it was shown')
  return asKey('key', () => importPublicKey(text))
}

/**
 * The private key: of `--private-key-file`, `WRIT_PRIVATE_KEY`, or that of the file `.env` of this folder. A file that others
 * can read is refused.
 *
 * @throws `CliError` if there is none, or it is none.
 */
export async function readPrivateKey(io: Io, { privateKeyFile }: KeySource): Promise<string> {
  const text = privateKeyFile === undefined ? await readVariable(io, PRIVATE) : await readSecret(io, privateKeyFile)
  if (text === undefined) throw usageError(`private key: name a file with --private-key-file, or set ${PRIVATE}`)
  return asKey('private key', () => importPrivateKey(text.trim()))
}

/** A variable of the environment, else of the file `.env`, as frameworks read it. */
export async function readVariable(io: Io, name: string): Promise<string | undefined> {
  const given = io.environment[name]
  if (given !== undefined && given !== '') return given
  const path = join(io.folder, '.env')
  const status = await stat(path).catch(() => undefined)
  if (status === undefined || !status.isFile()) return undefined
  const values = new Map(Object.entries(parseEnv(await readFile(io, path, MAX_BYTES))))
  const value = values.get(name)
  if (value !== undefined && name === PRIVATE) assertOwn(path, status.mode)
  return value
}

async function readSecret(io: Io, path: string): Promise<string> {
  const text = await readFile(io, path, MAX_BYTES)
  assertOwn(path, (await stat(resolve(io.folder, path))).mode)
  return text
}

function assertOwn(path: string, mode: number): void {
  // Windows has no such modes.
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return
  throw usageError(`${path}: others can read the private key in it: chmod 600 ${path}`)
}

/** The message of a library may quote the key. */
async function asKey(name: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read()
  } catch {
    throw usageError(`${name}: cannot be read as a key`)
  }
}
