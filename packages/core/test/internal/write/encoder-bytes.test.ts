import { describe, expect, it } from 'vitest'
import {
  activate,
  addExposure,
  attenuate,
  attest,
  completeUse,
  delegateIdentity,
  excludeExposures,
  mintCapability,
  mintContext,
  mintIdentity,
  presentIdentity,
  seal,
} from '../../../src/index.ts'
import { capabilityBlock } from '../../support/forge/datalog.ts'
import { readToken } from '../../support/forge/envelope.ts'
import { forge } from '../../support/forge/forge.ts'
import { activator, activatorP256, gateway, gatewayP256, mallory, root, rootP256, testKey } from '../../support/keys.ts'
import { appendByReference, type ReferenceBlock, type Statement, sealByReference } from '../../support/oracle/hessra.ts'
import { createOracle } from '../../support/oracle/oracle.ts'
import { NOW } from '../../support/verify.ts'

const now = () => NOW
const right = { subject: 'alice', resource: 'invoices', operation: 'read', now }

/** The statements of each block as the Hessra open core writes them, for biscuit-wasm to parse. */
const designation = (label: string, value: string): Statement => [
  'check if designation({l}, {v})',
  { l: label, v: value },
]
const attested = (label: string, value: string, key: string): Statement => [
  'check if designation({l}, {v}) trusting {key}',
  { l: label, v: value },
  key,
]
const states = (label: string, value: string): Statement => ['designation({l}, {v})', { l: label, v: value }]
const ends = (variable: '$t' | '$time', end: number): Statement => [
  `check if time(${variable}), ${variable} < {end}`,
  { end },
]

interface Row {
  readonly name: string
  readonly write: (token: string, keys: string) => Promise<string>
  readonly block: ReferenceBlock
}

const CAPABILITY_BLOCKS: readonly Row[] = [
  {
    name: 'attenuate',
    write: (token, keys) =>
      attenuate(token, keys, {
        designations: { tenantId: 'acme', 'user id': 'alice' },
        anchor: 'service:billing',
        attested: {
          approval: { value: 'acme', by: gateway.publicKey },
          hop: { value: '1', by: gatewayP256.publicKey },
        },
        expiresIn: 30,
        now,
      }),
    block: {
      statements: [
        designation('tenantId', 'acme'),
        designation('user id', 'alice'),
        designation('anchor', 'service:billing'),
        attested('approval', 'acme', gateway.publicKey),
        attested('hop', '1', gatewayP256.publicKey),
        ends('$t', NOW + 30),
      ],
    },
  },
  {
    name: 'attenuate with strings that are default symbols, names of predicates and variables, and the largest integer',
    write: (token, keys) =>
      attenuate(token, keys, {
        designations: { read: 'write', time: 't', 'designation\n");': 'ed25519/00', __proto__x: '\u{1f511}é\0' },
        expiresIn: Number.MAX_SAFE_INTEGER - NOW,
        now,
      }),
    block: {
      statements: [
        designation('read', 'write'),
        designation('time', 't'),
        designation('designation\n");', 'ed25519/00'),
        designation('__proto__x', '\u{1f511}é\0'),
        ends('$t', Number.MAX_SAFE_INTEGER),
      ],
    },
  },
  {
    name: 'attest',
    write: (token, keys) =>
      attest(
        token,
        { keys, privateKey: gateway.privateKey },
        { designations: { approval: 'acme' }, expiresIn: 30, now },
      ),
    block: { statements: [states('approval', 'acme'), ends('$t', NOW + 30)], signer: gateway.privateKey },
  },
  {
    name: 'attest on P-256',
    write: (token, keys) => attest(token, { keys, privateKey: gatewayP256.privateKey }, { designations: { hop: '1' } }),
    block: { statements: [states('hop', '1')], signer: gatewayP256.privateKey },
  },
  {
    name: 'activate',
    write: (token, keys) =>
      activate(token, { keys, privateKey: activator.privateKey }, { facet: 'pin', expiresIn: 60, now }),
    block: {
      statements: [
        ['activation({now})', { now: NOW }],
        attested('facet', 'pin', activator.publicKey),
        ends('$t', NOW + 60),
      ],
      signer: activator.privateKey,
    },
  },
]

const COMPLETES: Row = {
  name: 'completeUse',
  write: (token, keys) => completeUse(token, { keys, privateKey: activator.privateKey }, { facet: 'pin' }),
  block: { statements: [states('facet', 'pin')], signer: activator.privateKey },
}

const IDENTITY_BLOCKS: readonly Row[] = [
  {
    name: 'presentIdentity',
    write: (token, keys) => presentIdentity(token, keys, { anchor: 'service:billing', now }),
    block: { statements: [ends('$time', NOW + 5), designation('anchor', 'service:billing')] },
  },
  {
    name: 'delegateIdentity',
    write: (token, keys) =>
      delegateIdentity(token, keys, { identity: 'agent:alice:helper', expiresIn: 60, maxDepth: 2, now }),
    block: {
      statements: [
        ['check if actor($a), $a == {n} || $a.starts_with({n} + ":")', { n: 'agent:alice:helper' }],
        ends('$time', NOW + 60),
        ['check if actor_depth($d), $d <= {n}', { n: 5 }],
      ],
      signer: mallory.privateKey,
    },
  },
  {
    name: 'delegateIdentity to a name that cannot be delegated',
    write: (token, keys) =>
      delegateIdentity(token, keys, { identity: 'agent:alice:helper', expiresIn: 60, maxDepth: 0, now }),
    block: {
      statements: [['check if actor($a), $a == {n}', { n: 'agent:alice:helper' }], ends('$time', NOW + 60)],
      signer: mallory.privateKey,
    },
  },
]

const CONTEXT_BLOCKS: readonly Row[] = [
  {
    name: 'excludeExposures',
    write: (token, keys) => excludeExposures(token, keys, { exposures: ['pii', 'a&b'] }),
    block: { statements: ['pii', 'a&b'].map((label): Statement => ['reject if exposure({label})', { label }]) },
  },
  {
    name: 'addExposure',
    write: (token, keys) =>
      addExposure(token, keys === root.publicKey ? root.privateKey : rootP256.privateKey, {
        exposures: ['pii', 'secret'],
        source: 'crm:contacts',
        now,
      }),
    block: {
      statements: [
        ['exposure_source({s})', { s: 'crm:contacts' }],
        ['exposure_time({t})', { t: NOW }],
        ['exposed_label({label})', { label: 'pii' }],
        ['exposed_label({label})', { label: 'secret' }],
        ...['pii', 'secret'].map((label): Statement => ['reject if exposure({label})', { label }]),
      ],
      signer: root.privateKey,
    },
  },
]

/** Writes the block on `token` both ways, and expects the same bytes. */
async function expectSameBlock({ write, block }: Row, token: string, keys: string): Promise<string> {
  const written = await write(token, keys)
  const [ours, theirs] = [written, appendByReference(token, keys, block)].map(readToken)
  const [last, expected] = [ours?.blocks.at(-1), theirs?.blocks.at(-1)]
  expect(Buffer.from(last?.block ?? []).toString('hex')).toBe(Buffer.from(expected?.block ?? []).toString('hex'))
  expect(last?.version).toBe(expected?.version)
  expect(last?.nextKey.algorithm).toBe(expected?.nextKey.algorithm)
  expect(last?.external === undefined).toBe(expected?.external === undefined)
  const rest = { authority: ours?.authority, blocks: ours?.blocks.slice(0, -1), rootKeyId: ours?.rootKeyId }
  expect(rest).toEqual({
    authority: theirs?.authority,
    blocks: theirs?.blocks.slice(0, -1),
    rootKeyId: theirs?.rootKeyId,
  })
  // The reference verifies the signatures when it reads a token.
  expect(createOracle().revocationIds(written, keys)).toHaveLength((ours?.blocks.length ?? 0) + 1)
  return written
}

describe.each([
  ['Ed25519', root],
  ['P-256', rootP256],
])('blocks after an authority block signed on %s', (_, authority) => {
  const keys = authority.publicKey
  const latent = () =>
    mintCapability({ ...right, activator: activator.publicKey, rootKeyId: 7, anchor: undefined }, authority.privateKey)

  it.each(CAPABILITY_BLOCKS)('$name writes the bytes that the reference implementation writes', async (row) => {
    await expectSameBlock(row, await latent(), keys)
  })

  it('completeUse writes the bytes that the reference implementation writes', async () => {
    const signing = { keys, privateKey: activator.privateKey }
    await expectSameBlock(COMPLETES, await activate(await latent(), signing, { facet: 'pin', now }), keys)
  })

  it.each(IDENTITY_BLOCKS)('$name writes the bytes that the reference implementation writes', async (row) => {
    const options = { subject: 'agent:alice', delegatable: true, now }
    await expectSameBlock(row, await mintIdentity(options, authority.privateKey), keys)
  })

  it.each(CONTEXT_BLOCKS)('$name writes the bytes that the reference implementation writes', async (row) => {
    await expectSameBlock(row, await mintContext({ subject: 'agent:alice', now }, authority.privateKey), keys)
  })

  it('blocks of both writers stand in one token in any order, with the same symbols and keys', async () => {
    const narrows: Row = {
      name: 'narrows',
      write: (token, root) =>
        attenuate(token, root, {
          designations: { a: 'alice' },
          attested: { b: { value: 'c', by: mallory.publicKey } },
        }),
      block: { statements: [designation('a', 'alice'), attested('b', 'c', mallory.publicKey)] },
    }
    let token = await latent()
    for (const row of [...CAPABILITY_BLOCKS.slice(0, 4), narrows, ...CAPABILITY_BLOCKS.slice(2, 4), narrows]) {
      if (row !== CAPABILITY_BLOCKS[0]) token = await expectSameBlock(row, token, keys)
      token = appendByReference(token, keys, row === CAPABILITY_BLOCKS[0] ? { statements: [] } : row.block)
    }
    expect(createOracle().revocationIds(token, keys)).toHaveLength(16)
  })

  it('seal writes what the reference implementation reads, and nothing but the proof changes', async () => {
    const token = await attenuate(await latent(), keys, { designations: { tenantId: 'acme' }, now })
    const [open, ours, theirs] = [token, await seal(token, keys), sealByReference(token, keys)].map(readToken)
    expect(ours).toEqual({ ...open, proof: { finalSignature: expect.any(Uint8Array) } })
    // Ed25519 signs without chance, so both make the same signature.
    expect(ours).toEqual(theirs)
  })
})

describe('the key of a holder', () => {
  it('a holder whose key is on P-256 appends and seals, and the reference implementation reads it', async () => {
    const nextKey = testKey('next', 'secp256r1').privateKey
    const token = forge({ root: root.privateKey, authority: { ...capabilityBlock(), signing: { nextKey } } })
    const sealed = await seal(token, root.publicKey)
    const narrow = await attenuate(token, root.publicKey, { designations: { tenantId: 'acme' } })
    expect(readToken(narrow).blocks[0]).toMatchObject({ version: 1, nextKey: { algorithm: 0 } })
    const request = { time: NOW, resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
    const oracle = createOracle()
    expect([sealed, narrow].map((one) => oracle.judge(one, root.publicKey, request))).toEqual(['allow', 'allow'])
    expect(oracle.judge(narrow, root.publicKey, { ...request, designations: {} })).toBe('refuse')
  })

  it('every block gets a key of its own', async () => {
    const token = await mintCapability(right, root.privateKey)
    const write = () => attenuate(token, root.publicKey, { designations: { tenantId: 'acme' } })
    const keys = (await Promise.all([write(), write(), write()])).map((one) => {
      const { blocks, proof } = readToken(one)
      return [blocks[0]?.nextKey.key, proof.nextSecret].map((bytes) => Buffer.from(bytes ?? []).toString('hex'))
    })
    expect(new Set(keys.flat()).size).toBe(6)
  })

  it('a block that refuses and one of a third party are signed with layout 1, and so are all after it', async () => {
    const context = await mintContext({ subject: 'agent:alice', now }, root.privateKey)
    const rejects = await excludeExposures(context, root.publicKey, { exposures: ['pii'] })
    const token = await mintCapability({ ...right, activator: activatorP256.publicKey }, root.privateKey)
    const first = await attenuate(token, root.publicKey, { designations: { a: 'b' } })
    const signing = { keys: root.publicKey, privateKey: activatorP256.privateKey }
    const last = await attenuate(await activate(first, signing, { now }), root.publicKey, { designations: { c: 'd' } })
    expect([rejects, last].map((one) => readToken(one).blocks.map(({ version }) => version))).toEqual([
      [1],
      [undefined, 1, 1],
    ])
  })
})
