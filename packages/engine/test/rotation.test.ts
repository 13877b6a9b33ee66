import { createVerifier, generateKeyPair, mintIdentity } from '@writ/core'
import { expect, test } from 'vitest'
import { createEngine, createSessions, parsePolicy } from '../src/index.ts'
import { NOW, refusalOf } from './support/policies.ts'

const POLICY = parsePolicy(`
[[objects]]
id = "agent:alice"
capabilities = [{ target = "crm", operations = ["read"] }]
[classifications]
crm = ["pii"]
`)
const now = () => NOW
const older = { ...(await generateKeyPair()), rootKeyId: 1 }
const newer = { ...(await generateKeyPair({ algorithm: 'secp256r1' })), rootKeyId: 2 }
const CRM = { target: 'crm', operation: 'read' }

test('an engine with a new key signs with that, and takes identities and contexts of the older one', async () => {
  const sessions = createSessions({ now })
  const before = createEngine({ policy: POLICY, keys: older, sessions, now })
  const identity = await before.mintIdentity({ subject: 'agent:alice' })
  const context = await before.mintContext({ subject: 'agent:alice' })

  const after = createEngine({ policy: POLICY, keys: [newer, older], sessions, now })
  const minted = await after.mint({ ...CRM, identity, context })
  const verifier = createVerifier({ keys: new Map([[2, newer.publicKey]]), anchor: null, now })
  expect(await verifier.verify(minted.capability, { resource: 'crm', operation: 'read' })).toMatchObject({
    rootKeyId: 2,
  })
  await after.mint({ ...CRM, identity, context: minted.context ?? '' })
  await after.mint({ ...CRM, identity, context: await after.forkContext(context, { subject: 'agent:alice' }) })

  const retired = createEngine({ policy: POLICY, keys: newer, sessions, now })
  expect((await refusalOf(retired.mint({ ...CRM, identity }))).code).toBe('wrong_identity')
  expect((await refusalOf(retired.mint({ ...CRM, subject: 'agent:alice', context }))).code).toBe('wrong_context')
})

test('an identity that names the id of one key and is signed by another is refused', async () => {
  const engine = createEngine({ policy: POLICY, keys: [newer, older], now })
  const identity = await mintIdentity({ subject: 'agent:alice', rootKeyId: 2, now }, older.privateKey)
  expect((await refusalOf(engine.mint({ ...CRM, identity }))).code).toBe('wrong_identity')
})

test.each([
  ['keys: at least one pair is required', []],
  ['keys: each pair must have a rootKeyId of its own', [older, { ...newer, rootKeyId: 1 }]],
  ['keys.privateKey: must be a string that is not empty', [{ ...older, privateKey: '' }]],
])('%s', (message, keys) => {
  expect(() => createEngine({ policy: POLICY, keys })).toThrow(new TypeError(message))
})
