import { open, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { generateKeyPair } from '@writ/core'
import { usageError } from '../cli-error.ts'
import type { Action, Register } from '../command.ts'

interface Options {
  readonly out: string
  readonly print?: boolean
}

/** `writ keys` */
export const registerKeys: Register = (program, define) => {
  const command = program
    .command('keys')
    .description('make a root key pair')
    .option('--out <file>', 'add the pair to this file, readable by you alone', '.env')
    .option('--print', 'print the pair instead, for a secret store')
    .addHelpText('after', '\nExample:\n  writ keys --out .env')
  define(command, makeKeys)
}

const makeKeys: Action<Options> = async (io, { out, print }) => {
  const { publicKey, privateKey } = await generateKeyPair()
  const lines = `WRIT_PUBLIC_KEY=${publicKey}\nWRIT_PRIVATE_KEY=${privateKey}\n`
  if (print === true) return { text: lines.trimEnd(), json: { publicKey, privateKey } }
  await addToFile(resolve(io.folder, out), lines)
  return { text: `${out}: WRIT_PUBLIC_KEY and WRIT_PRIVATE_KEY\n${publicKey}`, json: { publicKey, file: out } }
}

/** Adds lines to a file of mode 0600. Keys that are there already stay: tokens may be signed with them. */
async function addToFile(path: string, lines: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return ''
    throw usageError(`--out: this file cannot be read (${error.code})`)
  })
  if (/^(export\s+)?WRIT_P(UBLIC|RIVATE)_KEY=/m.test(before))
    throw usageError('--out: this file has a key pair already')
  const separator = before === '' || before.endsWith('\n') ? '' : '\n'
  await using file = await open(path, 'a', 0o600)
  // Before the key is in it: the file may have been there with another mode.
  await file.chmod(0o600)
  await file.appendFile(separator + lines)
}
