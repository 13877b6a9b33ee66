import { parseArgs } from 'node:util'
import { generateKeyPair } from '@writ/core'
import { EngineError, type MintRequest } from '@writ/engine'
import { createAuthority } from './create-authority.ts'
import type { Targets } from './schema.ts'

const USAGE = "usage: node dist/main.js NAME='<subject> <operation> <target> [<label>=<value> ...]' ..."

/** Mints by the policy, with a new key, and prints variables for a shell: the tokens, and the public key. */
try {
  const { positionals } = parseArgs({ allowPositionals: true })
  const keys = await generateKeyPair()
  const authority = await createAuthority({ keys })
  const lines = [`export WRIT_PUBLIC_KEY=${keys.publicKey}`]
  for (const [name, request] of positionals.map(readRequest)) {
    const { capability } = await authority.mint(request)
    lines.push(`export ${name}=${capability}`)
  }
  console.log(lines.join('\n'))
} catch (error) {
  const refused =
    error instanceof EngineError ? `step ${error.step} refuses (${error.code}): ${error.reason}` : undefined
  console.error(`✗ ${refused ?? (error instanceof Error ? error.message : String(error))}`)
  process.exitCode = 1
}

function readRequest(text: string): readonly [name: string, request: MintRequest<Targets>] {
  const [, name, right = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(text) ?? []
  const [subject, operation, target, ...pairs] = right.split(' ')
  if (name === undefined || target === undefined) throw new TypeError(USAGE)
  const designations = Object.fromEntries(
    pairs.map((pair) => {
      const [, label, value] = /^(\w+)=(.+)$/.exec(pair) ?? []
      if (label === undefined || value === undefined) throw new TypeError(USAGE)
      return [label, value]
    }),
  )
  // It comes from a command line: whether there is such a right, the engine says.
  return [name, { subject, operation, target, designations, expiresIn: '1h' } as MintRequest<Targets>]
}
