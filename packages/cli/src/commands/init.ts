import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { generateKeyPair } from '@writ/core'
import { Option } from 'commander'
import { usageError } from '../cli-error.ts'
import type { Action, Register } from '../command.ts'
import { askForService } from '../init/ask-for-service.ts'
import { FIRST_SCHEMA, FIRST_TSCONFIG, firstPolicy } from '../init/first-files.ts'
import { FRAMEWORKS, type Framework, PACKAGES, RUN, serviceCode } from '../init/service-code.ts'
import { SERVICE_NAME } from '../init/service-name.ts'
import { addKeysToFile } from '../output/add-keys-to-file.ts'

interface Options {
  readonly framework?: Framework
  readonly service?: string
}

/** `writ init` */
export const registerInit: Register = (program, define) => {
  const command = program
    .command('init')
    .summary('keys, a policy, and a guarded service to paste')
    .description('keys and a policy in this folder, and a guarded service to paste. Asks what it must know')
    .addOption(new Option('--framework <name>', 'of the service').choices(FRAMEWORKS))
    .option('--service <name>', 'its name, to which its tokens are anchored')
    .addHelpText('after', '\nExample:\n  writ init --framework hono --service service:billing')
  define(command, init)
}

const init: Action<Options> = async (io, given) => {
  const { folder } = io
  const isAsked = given.framework === undefined && io.stdin.isTTY === true && io.stdout.isTTY === true
  const { framework = 'express', service = 'service:billing' } = isAsked
    ? await askForService(io, given.service)
    : given
  if (!SERVICE_NAME.test(service)) throw usageError('--service: must be a name such as service:billing')
  const { publicKey, privateKey } = await generateKeyPair()
  await addKeysToFile(resolve(folder, '.env'), { publicKey, privateKey }, '.env')
  for (const line of ['.env', '*.token', '*.secret', 'writ-data/']) await ignore(resolve(folder, '.gitignore'), line)
  const written = ['.env', '.gitignore']
  for (const [name, text] of [
    ['policy.toml', firstPolicy(service)],
    ['schema.toml', FIRST_SCHEMA],
    ...(framework === 'nest' ? [['tsconfig.json', FIRST_TSCONFIG] as const] : []),
  ] as const) {
    if (await writeNew(resolve(folder, name), text)) written.push(name)
  }
  const code = serviceCode(framework, service)
  const { file, command } = RUN[framework]
  const lines = [
    `${written.join(', ')}: written. The private key is in .env, which git ignores.`,
    '',
    `1. npm install @writ/core ${PACKAGES[framework]} && npm install --save-dev @writ/cli`,
    `2. Save this as ${file}:`,
    '',
    code,
    '',
    `3. ${command}`,
    `4. npx writ mint -s service:webapp -r invoices -o read -d tenantId=acme -a ${service} > acme.token`,
    '5. curl -H "Authorization: Bearer $(cat acme.token)" localhost:3000/acme/invoices',
    '',
    'The key pair in .env is for writ mint. An authority (npx writ serve -p policy.toml) has a key of its own, and prints it:',
    'then put that one into .env.',
  ]
  return { text: lines.join('\n'), json: { written, publicKey, code, file, command } }
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
