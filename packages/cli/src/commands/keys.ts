import { resolve } from 'node:path'
import { generateKeyPair } from '@writ/core'
import type { Action, Register } from '../command.ts'
import { addKeysToFile } from '../output/add-keys-to-file.ts'

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

const makeKeys: Action<Options> = async ({ folder }, { out, print }) => {
  const pair = await generateKeyPair()
  const { publicKey, privateKey } = pair
  if (print === true)
    return { text: `WRIT_PUBLIC_KEY=${publicKey}\nWRIT_PRIVATE_KEY=${privateKey}`, json: { publicKey, privateKey } }
  await addKeysToFile(resolve(folder, out), pair, out)
  return { text: `${out}: WRIT_PUBLIC_KEY and WRIT_PRIVATE_KEY\n${publicKey}`, json: { publicKey, file: out } }
}
