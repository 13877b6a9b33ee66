import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { generateKeyPair } from '@writ/core'
import { Option } from 'commander'
import { usageError } from '../cli-error.ts'
import type { Action, Register } from '../command.ts'
import { FIRST_SCHEMA, firstPolicy } from '../init/first-files.ts'
import { FRAMEWORKS, type Framework, PACKAGES, serviceCode } from '../init/service-code.ts'
import { addKeysToFile } from '../output/add-keys-to-file.ts'

const NAME = /^service:[a-z][a-z0-9-]{0,62}$/

interface Options {
  readonly framework: Framework
  readonly service: string
}

/** `writ init` */
export const registerInit: Register = (program, define) => {
  const command = program
    .command('init')
    .description('keys, a policy and a schema in this folder, and the lines of a guarded service to paste')
    .addOption(new Option('--framework <name>', 'of the service').choices(FRAMEWORKS).default('express'))
    .option('--service <name>', 'its name: what tokens for it are anchored to', 'service:billing')
    .addHelpText('after', '\nExample:\n  writ init --framework hono --service service:billing')
  define(command, init)
}

const init: Action<Options> = async ({ folder }, { framework, service }) => {
  if (!NAME.test(service)) throw usageError('--service: must be a name such as service:billing')
  const { publicKey, privateKey } = await generateKeyPair()
  await addKeysToFile(resolve(folder, '.env'), { publicKey, privateKey }, '.env')
  await ignore(resolve(folder, '.gitignore'), '.env')
  const written = ['.env', '.gitignore']
  for (const [name, text] of [
    ['policy.toml', firstPolicy(service)],
    ['schema.toml', FIRST_SCHEMA],
  ] as const) {
    if (await writeNew(resolve(folder, name), text)) written.push(name)
  }
  const code = serviceCode(framework, service)
  const lines = [
    `${written.join(', ')}: written. The private key is in .env, which git ignores.`,
    '',
    `1. npm install @writ/core ${PACKAGES[framework]}`,
    '2. Save this as service.mjs:',
    '',
    code,
    '',
    '3. node --env-file=.env service.mjs',
    `4. writ mint -s service:webapp -r invoices -o read -d tenantId=acme -a ${service} > token`,
    '5. curl -H "Authorization: Bearer $(cat token)" localhost:3000/acme/invoices',
  ]
  return { text: lines.join('\n'), json: { written, publicKey, code } }
}

/** Adds a line, unless it is there. */
async function ignore(path: string, line: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '')
  if (before.split(/\r?\n/).includes(line)) return
  await writeFile(path, before === '' || before.endsWith('\n') ? `${before}${line}\n` : `${before}\n${line}\n`)
}

/** Writes a file that does not exist. What is there is somebody's work. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
