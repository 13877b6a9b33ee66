import { createVerifier, generateKeyPair, inspect, revocationIds } from '@writ/core'
import { AWKWARD_STRINGS } from '../awkward-strings.ts'
import fixtures from '../fixtures.json' with { type: 'json' }
import { ALGORITHMS, type Case, mint, misused, NOW, narrow, READ, READ_ACME, refused, same, verify } from './support.ts'

const { keys, tokens } = fixtures
const anchored = { designations: { tenantId: 'acme' }, anchor: 'service:billing' }

const casesOf = (algorithm: (typeof ALGORITHMS)[number]): readonly Case[] => [
  {
    name: `${algorithm}: a minted and narrowed token verifies, and shows what it was made of`,
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair({ algorithm })
      const token = await narrow(await mint(privateKey), publicKey, anchored)
      const { designations, ...capability } = await verify(token, publicKey, READ_ACME, { anchor: 'service:billing' })
      same(designations, { tenantId: 'acme' }, 'designations')
      same(capability, {
        kind: 'capability',
        subject: 'alice',
        resource: 'invoices',
        operation: 'read',
        expiresAt: NOW + 300,
        revocationIds: revocationIds(token),
      })
      const { verified, blocks, sealed } = await inspect(token, publicKey)
      same({ verified, blocks, sealed }, { verified: true, blocks: 2, sealed: false }, 'inspection')
    },
  },
  {
    name: `${algorithm}: a token is narrowed again and again, and ends with its earliest end`,
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair({ algorithm })
      let token = await mint(privateKey, { expiresIn: '2h' })
      const designations: Record<string, string> = {}
      for (let block = 1; block < 8; block++) {
        designations[`label${block}`] = `value${block}`
        token = await narrow(token, publicKey, {
          designations: { [`label${block}`]: `value${block}` },
          expiresIn: 100 - block,
        })
      }
      const capability = await verify(token, publicKey, { ...READ, designations })
      same([capability.designations, capability.expiresAt], [designations, NOW + 93])
      same(capability.revocationIds.length, 8, 'revocation ids')
    },
  },
  {
    name: `${algorithm}: tokens under twelve fresh keys verify`,
    run: async () => {
      for (let attempt = 0; attempt < 12; attempt++) {
        const { publicKey, privateKey } = await generateKeyPair({ algorithm })
        await verify(await narrow(await mint(privateKey), publicKey), publicKey, READ_ACME)
      }
    },
  },
]

export const writingCases: readonly Case[] = [
  ...ALGORITHMS.flatMap(casesOf),
  {
    name: 'strings reach the verifier exactly as they were given',
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair()
      for (const text of AWKWARD_STRINGS) {
        const broad = await mint(privateKey, { subject: text, resource: text, operation: text })
        const token = await narrow(broad, publicKey, { designations: { [text]: text }, anchor: text })
        const request = { subject: text, resource: text, operation: text, designations: { [text]: text } }
        const capability = await verify(token, publicKey, request, { anchor: text })
        same([capability.subject, capability.resource, capability.operation], [text, text, text])
        same(Object.entries(capability.designations), [[text, text]], 'designations')
        await refused(verify(token, publicKey, { ...request, subject: `${text} ` }, { anchor: text }), 'wrong_subject')
      }
    },
  },
  {
    name: 'a token holds 10,000 characters, and 4096 bytes of UTF-8 in one string',
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair()
      const [first, second, third] = ['x'.repeat(4096), '🎉'.repeat(1024), 'é'.repeat(1808)]
      const designations = { first, second, third }
      const capability = await verify(await mint(privateKey, { designations }), publicKey, { ...READ, designations })
      same(capability.designations, designations)
      await misused(mint(privateKey, { subject: 'x'.repeat(10_000) }), 'subject: must not be longer than 4096 bytes')
      await misused(mint(privateKey, { subject: '🎉'.repeat(1025) }), 'subject: must not be longer than 4096 bytes')
    },
  },
  {
    name: 'a lone surrogate, which has no UTF-8, is refused',
    run: async () => {
      const { privateKey } = await generateKeyPair()
      for (const text of ['\ud83c', 'a\udf89', '\udf89\ud83c']) {
        await misused(mint(privateKey, { subject: text }), 'subject: must be well-formed Unicode')
      }
    },
  },
  {
    name: 'the padding of a token can be left out',
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair()
      const endings = new Set<string>()
      for (const subject of ['a', 'al', 'ali', 'alic']) {
        const token = await mint(privateKey, { subject })
        endings.add(token.replace(/^[^=]*/, ''))
        await verify(await narrow(token.replaceAll('=', ''), publicKey), publicKey, READ_ACME)
      }
      same(endings.size, 3, 'kinds of padding')
    },
  },
  {
    name: 'the largest root key id survives minting and narrowing',
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair()
      const token = await narrow(await mint(privateKey, { rootKeyId: 4_294_967_295 }), publicKey)
      same((await verify(token, new Map([[4_294_967_295, publicKey]]), READ_ACME)).rootKeyId, 4_294_967_295)
    },
  },
  {
    name: 'wrong options are reported by name before anything is written',
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair()
      const token = await mint(privateKey, { anchor: 'service:billing' })
      await misused(mint(privateKey, { subject: '' }), 'subject: ')
      await misused(mint(privateKey, { expiresIn: '5 minutes' }), 'expiresIn: ')
      await misused(mint(privateKey, { expiresIn: 0.5 }), 'expiresIn: ')
      await misused(mint(privateKey, { rootKeyId: 2 ** 32 }), 'rootKeyId: ')
      await misused(mint(privateKey, { designations: { anchor: 'service:billing' } }), 'designations.anchor: ')
      await misused(mint(publicKey), 'privateKey: this is a public key')
      await misused(narrow(token, publicKey, {}), 'options: ')
      await misused(narrow(token, publicKey, { anchor: 'service:payroll' }), 'anchor: ')
      await misused(
        (async () => createVerifier({ keys: publicKey, anchor: null, clockTolerance: 61 }))(),
        'clockTolerance: ',
      )
    },
  },
  {
    name: 'a sealed token cannot be narrowed',
    run: async () => {
      await misused(narrow(tokens.ed25519Sealed, keys.ed25519), 'token: is sealed')
    },
  },
  {
    name: 'nothing is appended to a token of another key or curve',
    run: async () => {
      const [alice, mallory] = [await generateKeyPair(), await generateKeyPair()]
      await refused(narrow(await mint(mallory.privateKey), alice.publicKey), 'invalid_signature')
      await refused(narrow(tokens.secp256r1, alice.publicKey), 'malformed_token')
      await refused(narrow(tokens.cut, keys.ed25519), 'invalid_signature')
    },
  },
  {
    name: 'a token that traps the WebAssembly library is refused, and the next token is narrowed',
    run: async () => {
      for (let attempt = 0; attempt < 20; attempt++) {
        await refused(narrow(tokens.trap, keys.ed25519), 'malformed_token')
        await verify(await narrow(tokens.ed25519, keys.ed25519), keys.ed25519, READ_ACME)
      }
    },
  },
  {
    name: 'minting goes on after the memory of the WebAssembly library was replaced',
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair()
      const designations = Object.fromEntries(['a', 'b', 'c'].map((label) => [label, label.repeat(3500)]))
      let token = ''
      for (let attempt = 0; attempt < 150; attempt++) token = await mint(privateKey, { designations })
      await verify(token, publicKey, { ...READ, designations })
    },
  },
  {
    name: 'many tokens are written and read at the same time',
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair()
      const subjects = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const token = await narrow(await mint(privateKey, { subject: `user:${index}` }), publicKey)
          return (await verify(token, publicKey, READ_ACME)).subject
        }),
      )
      same(
        subjects,
        subjects.map((_, index) => `user:${index}`),
      )
    },
  },
]
