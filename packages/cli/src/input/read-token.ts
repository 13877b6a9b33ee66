import { usageError } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { readFile, readStream } from './read-bounded.ts'

/** Longer than any token that a verifier reads. */
const MAX_BYTES = 65_536
const VARIABLE = 'WRIT_TOKEN'

/** Where a token comes from. Never an argument: that is in the list of processes, and in the shell's history. */
export interface TokenSource {
  readonly tokenFile?: string | undefined
}

/**
 * Reads the token: from `--token-file`, from a pipe, or from `WRIT_TOKEN`.
 *
 * @throws `CliError`: there is none, or it is clearly something else.
 */
export async function readToken(io: Io, { tokenFile }: TokenSource): Promise<string> {
  const text = (await findText(io, tokenFile)).trim()
  const mistake = MISTAKES.find(([isIt]) => isIt(text))
  if (mistake !== undefined) throw usageError(`token: ${mistake[1]}`)
  return text
}

async function findText(io: Io, file: string | undefined): Promise<string> {
  if (file !== undefined) return readFile(io, file, MAX_BYTES)
  const given = io.environment[VARIABLE]
  if (given !== undefined) return given
  if (io.stdin.isTTY !== true) return readStream(io.stdin, 'stdin', MAX_BYTES)
  throw usageError(`token: pipe one in, name a file with --token-file, or set ${VARIABLE}`)
}

const MISTAKES: readonly (readonly [isIt: (text: string) => boolean, message: string])[] = [
  [(text) => text === '', 'there is none'],
  [(text) => text.startsWith('eyJ') && text.split('.').length >= 3, 'this is a JWT, not a Writ token'],
  [(text) => /-private\//.test(text.slice(0, 64)), 'this is a private key, not a token'],
  [(text) => text.startsWith('-----BEGIN '), 'this is a PEM file, not a token'],
  [(text) => /^(ed25519|secp256r1)\//.test(text), 'this is a public key, not a token'],
]
