import { importPublicKey, type Signer, seal } from '@writ/core'
import fixtures from '../fixtures.json' with { type: 'json' }
import { ALGORITHMS, type Case, mint, narrow, READ, READ_ACME, verify } from './support.ts'

const { keys, tokens } = fixtures

/** A key that never leaves the platform's crypto. */
async function platformSigner(algorithm: (typeof ALGORITHMS)[number]): Promise<Signer> {
  const name = algorithm === 'ed25519' ? 'Ed25519' : 'ECDSA'
  const pair = await crypto.subtle.generateKey({ name, namedCurve: 'P-256' }, false, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('not a key pair')
  const { kty = '', crv = '', x = '', y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return {
    publicKey: await importPublicKey({ kty, crv, x, ...(y === undefined ? {} : { y }) }),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign({ name, hash: 'SHA-256' }, pair.privateKey, message.slice())),
  }
}

const casesOf = (algorithm: (typeof ALGORITHMS)[number]): readonly Case[] => [
  {
    name: `${algorithm}: tokens of another implementation are narrowed`,
    run: async () => {
      const key = keys[algorithm]
      await verify(await narrow(tokens[algorithm], key), key, READ_ACME)
      const attested = await narrow(tokens[`${algorithm}ThirdParty`], keys.ed25519, { designations: { region: 'eu' } })
      const designations = { tenantId: 'acme', region: 'eu' }
      await verify(attested, keys.ed25519, { ...READ, designations })
    },
  },
  {
    name: `${algorithm}: a token of another implementation is sealed`,
    run: async () => {
      const key = keys[algorithm]
      await verify(await seal(await narrow(tokens[algorithm], key), key), key, READ_ACME)
    },
  },
  {
    name: `${algorithm}: a key that never leaves the platform's crypto mints`,
    run: async () => {
      const signer = await platformSigner(algorithm)
      await verify(await narrow(await mint(signer), signer.publicKey), signer.publicKey, READ_ACME)
    },
  },
]

/** What needs no WebAssembly: to narrow and to seal, and to mint with a signer. */
export const holdingCases: readonly Case[] = ALGORITHMS.flatMap(casesOf)
