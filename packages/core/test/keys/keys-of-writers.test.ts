import { describe, expect, it } from 'vitest'
import {
  activate,
  addExposure,
  attenuate,
  attest,
  compactContext,
  completeUse,
  delegateIdentity,
  excludeExposures,
  forkContext,
  inspect,
  type KeyResolver,
  type Keys,
  mintCapability,
  mintContext,
  mintIdentity,
  presentIdentity,
  seal,
} from '../../src/index.ts'
import { activator, gateway, mallory, root } from '../support/keys.ts'
import { expectRefused } from '../support/verify.ts'

const OLD = { ...root, id: 1 }
const NEW = { ...mallory, id: 2 }
const RIGHT = { subject: 'alice', resource: 'payouts', operation: 'write' }

interface Writer {
  /** What the writer is given, minted with the root key of this id. */
  readonly mint: (rootKeyId: number, privateKey: string) => Promise<string>
  readonly write: (token: string, keys: Keys) => Promise<string>
}

const identity: Writer['mint'] = (rootKeyId, privateKey) =>
  mintIdentity({ subject: 'agent:alice', delegatable: true, rootKeyId }, privateKey)
const latent: Writer['mint'] = (rootKeyId, privateKey) =>
  mintCapability({ ...RIGHT, activator: activator.publicKey, rootKeyId }, privateKey)
const activating = (keys: Keys) => ({ keys, privateKey: activator.privateKey })

/** Everything that appends a block with the help of public keys. */
const writers: Readonly<Record<string, Writer>> = {
  attenuate: {
    mint: (rootKeyId, privateKey) => mintCapability({ ...RIGHT, rootKeyId }, privateKey),
    write: (token, keys) => attenuate(token, keys, { designations: { tenantId: 'acme' } }),
  },
  attest: {
    mint: (rootKeyId, privateKey) => {
      const attested = { payoutId: { value: 'p-7', by: gateway.publicKey } }
      return mintCapability({ ...RIGHT, attested, rootKeyId }, privateKey)
    },
    write: (token, keys) =>
      attest(token, { keys, privateKey: gateway.privateKey }, { designations: { payoutId: 'p-7' } }),
  },
  activate: { mint: latent, write: (token, keys) => activate(token, activating(keys), { expiresIn: '1m' }) },
  completeUse: {
    mint: async (rootKeyId, privateKey) => {
      const token = await latent(rootKeyId, privateKey)
      const { publicKey } = privateKey === OLD.privateKey ? OLD : NEW
      return activate(token, activating(publicKey), { facet: 'pin', expiresIn: '1m' })
    },
    write: (token, keys) => completeUse(token, activating(keys), { facet: 'pin' }),
  },
  seal: {
    mint: (rootKeyId, privateKey) => mintCapability({ ...RIGHT, rootKeyId }, privateKey),
    write: (token, keys) => seal(token, keys),
  },
  presentIdentity: { mint: identity, write: (token, keys) => presentIdentity(token, keys) },
  delegateIdentity: {
    mint: identity,
    write: (token, keys) => delegateIdentity(token, keys, { identity: 'agent:alice:helper' }),
  },
  excludeExposures: {
    mint: (rootKeyId, privateKey) => mintContext({ subject: 'agent:alice', rootKeyId }, privateKey),
    write: (token, keys) => excludeExposures(token, keys, { exposures: ['pii'] }),
  },
}

const map = new Map([
  [OLD.id, OLD.publicKey],
  [NEW.id, NEW.publicKey],
])
const find: KeyResolver = (id) => (id === undefined ? undefined : map.get(id))
const known: Readonly<Record<string, Keys>> = {
  'a map': map,
  'a function': find,
  'an asynchronous function': async (id) => find(id),
}

for (const [name, { mint, write }] of Object.entries(writers)) {
  describe(name, () => {
    for (const [kind, keys] of Object.entries(known)) {
      it(`${name} takes ${kind}, so that tokens of two root keys can be written on while one replaces the other`, async () => {
        for (const { id, privateKey } of [OLD, NEW]) {
          const written = await write(await mint(id, privateKey), keys)
          expect(await inspect(written, keys)).toMatchObject({ verified: true, rootKeyId: id })
        }
      })
    }

    it(`${name} refuses a token of a root key that is no longer in the map, or no longer returned`, async () => {
      const token = await mint(OLD.id, OLD.privateKey)
      const left = new Map([[NEW.id, NEW.publicKey]])
      await expectRefused(write(token, left), { code: 'untrusted_key' }, token)
      await expectRefused(
        write(token, (id) => left.get(id ?? 0)),
        { code: 'untrusted_key' },
        token,
      )
    })

    it(`${name} refuses a token that names the id of a key which did not sign it`, async () => {
      const token = await mint(NEW.id, OLD.privateKey)
      await expectRefused(write(token, map), { code: 'invalid_signature' }, token)
    })

    it(`${name} is unavailable when the function of keys fails`, async () => {
      const token = await mint(OLD.id, OLD.privateKey)
      const fail = () => Promise.reject(new Error('down'))
      await expectRefused(write(token, fail), { code: 'unavailable' }, token)
    })
  })
}

describe('contexts', () => {
  const rewrites: Readonly<Record<string, (token: string, privateKey: string) => Promise<string>>> = {
    addExposure: (token, key) => addExposure(token, key, { exposures: ['pii'], source: 'crm' }),
    forkContext: (token, key) => forkContext(token, key, { subject: 'agent:alice:worker' }),
    compactContext: (token, key) => compactContext(token, key),
  }
  for (const [name, rewrite] of Object.entries(rewrites)) {
    it(`${name} needs the private key of a context, keeps its root key id, and refuses that of its successor`, async () => {
      const token = await mintContext({ subject: 'agent:alice', rootKeyId: OLD.id }, OLD.privateKey)
      const written = await rewrite(token, OLD.privateKey)
      expect(await inspect(written, map)).toMatchObject({ verified: true, rootKeyId: OLD.id })
      await expectRefused(rewrite(token, NEW.privateKey), { code: 'invalid_signature' }, token)
    })
  }
})
