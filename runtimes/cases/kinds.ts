import {
  activate,
  addExposure,
  attest,
  compactContext,
  completeUse,
  createContextVerifier,
  createIdentityVerifier,
  createUseLedger,
  delegateIdentity,
  excludeExposures,
  generateKeyPair,
  mintCapability,
  mintContext,
  mintIdentity,
  presentIdentity,
  seal,
} from '@writ/core'
import { ALGORITHMS, type Case, NOW, READ, refused, same, verify } from './support.ts'

const now = () => NOW
const RIGHT = { subject: 'alice', resource: 'invoices', operation: 'read', now }

const casesOf = (algorithm: (typeof ALGORITHMS)[number]): readonly Case[] => [
  {
    name: `${algorithm}: a latent capability is attested, activated, completed and sealed`,
    run: async () => {
      const root = await generateKeyPair({ algorithm })
      const [finance, activator] = [await generateKeyPair({ algorithm }), await generateKeyPair({ algorithm })]
      const attested = { invoiceId: { value: '7', by: finance.publicKey } }
      const latent = await mintCapability({ ...RIGHT, attested, activator: activator.publicKey }, root.privateKey)
      const signed = await attest(
        latent,
        { keys: root.publicKey, privateKey: finance.privateKey },
        { designations: { invoiceId: '7' } },
      )
      const request = { ...READ, designations: { invoiceId: '7' } }
      await refused(verify(signed, root.publicKey, request), 'not_activated')
      const active = await activate(
        signed,
        { keys: root.publicKey, privateKey: activator.privateKey },
        { facet: 'one', now },
      )
      await refused(verify(active, root.publicKey, request), 'already_used')
      const complete = await completeUse(
        active,
        { keys: root.publicKey, privateKey: activator.privateKey },
        { facet: 'one' },
      )
      const { designations } = await verify(await seal(complete, root.publicKey), root.publicKey, request)
      same(designations, { invoiceId: '7' }, 'designations')
    },
  },
  {
    name: `${algorithm}: a single-use capability passes once`,
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair({ algorithm })
      const singleUse = createUseLedger({ now })
      const token = await mintCapability({ ...RIGHT, singleUse }, privateKey)
      await verify(token, publicKey, READ, { singleUse })
      await refused(verify(token, publicKey, READ, { singleUse }), 'already_used')
    },
  },
  {
    name: `${algorithm}: an identity is delegated and shortened, with a name in any script`,
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair({ algorithm })
      const options = { keys: publicKey, now }
      const alice = await mintIdentity({ subject: 'agent:alicé', delegatable: true, now }, privateKey)
      const helper = await delegateIdentity(alice, publicKey, { identity: 'agent:alicé:日本', maxDepth: 0, now })
      const copy = await presentIdentity(helper, publicKey, { now })
      const { identity, subject, assertedBy, depth, expiresAt } = await createIdentityVerifier(options).verify(copy)
      same([identity, subject, assertedBy, depth], ['agent:alicé:日本', 'agent:alicé', 'holder', 1])
      same(expiresAt, NOW + 5, 'end')
      await refused(createIdentityVerifier(options).verify(copy, { identity: 'agent:alicé:日本:x' }), 'wrong_subject')
      await refused(createIdentityVerifier({ ...options, now: () => NOW + 5 }).verify(copy), 'expired')
    },
  },
  {
    name: `${algorithm}: a context remembers what it was exposed to`,
    run: async () => {
      const { publicKey, privateKey } = await generateKeyPair({ algorithm })
      const options = { keys: publicKey, now }
      const fresh = await mintContext({ subject: 'agent:alice', exposures: ['pii'], source: 'crm', now }, privateKey)
      const exposed = await addExposure(fresh, privateKey, { exposures: ['web'], source: 'browser', now })
      const narrowed = await excludeExposures(exposed, publicKey, { exposures: ['secrets'] })
      const compact = await compactContext(narrowed, privateKey, { now })
      same((await createContextVerifier(options).verify(compact)).exposures, ['pii', 'web'])
      for (const label of ['pii', 'web', 'secrets', 'pii&web']) {
        await refused(createContextVerifier(options).verify(compact, { excludes: [label] }), 'exposed')
      }
    },
  },
]

export const kindCases: readonly Case[] = ALGORITHMS.flatMap(casesOf)
