import { inspect as print } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  CapabilityError,
  createContextVerifier,
  createIdentityVerifier,
  createRevocationList,
  createUseLedger,
  createVerifier,
  inspect,
  mintContext,
  mintIdentity,
  revocationIds,
} from '../../../src/index.ts'
import { capabilityBlock, designationCheck } from '../../support/forge/datalog.ts'
import { appendBlock } from '../../support/forge/forge.ts'
import { mallory, root } from '../../support/keys.ts'
import { capability, NOW, READ_ACME, READ_INVOICES } from '../../support/verify.ts'

const now = () => NOW
const reader = { keys: root.publicKey, now }
const token = capability(capabilityBlock({ designations: { tenantId: 'acme' } }))
const minted = async (kind: 'context' | 'identity') => {
  const options = { subject: 'agent:alice', now }
  return kind === 'context' ? mintContext(options, root.privateKey) : mintIdentity(options, root.privateKey)
}

/** Every way in which a value ends up in a log or in another process. */
const WAYS: readonly (readonly [string, (value: object) => string])[] = [
  ['console.log', (value) => print(value)],
  ['with its hidden members', (value) => print(value, { showHidden: true, depth: null })],
  ['past custom printing', (value) => print(value, { showHidden: true, depth: null, customInspect: false })],
  [
    'with its getters called',
    (value) => print(value, { showHidden: true, depth: null, getters: true, maxStringLength: null }),
  ],
  ['as JSON', (value) => JSON.stringify(value)],
  ['as a clone', (value) => print(structuredClone(value), { showHidden: true, depth: null })],
  ['as a copy', (value) => print({ ...value }, { showHidden: true, depth: null })],
  [
    'member by member',
    (value) =>
      Object.values(value)
        .map((member) => print(member, { showHidden: true }))
        .join(),
  ],
]

/** Nothing of the text may be there: 24 characters in a row would be a part of it. */
function expectWithout(printed: string, secret: string): void {
  for (let start = 0; start + 24 <= secret.length; start += 8) {
    expect(printed).not.toContain(secret.slice(start, start + 24))
  }
}

describe.each(WAYS)('a token is never printed: %s', (_way, show) => {
  it('a verified token is not printed', async () => {
    const verifier = createVerifier({ ...reader, anchor: null })
    const proven = await verifier.prove(token)
    const [context, identity] = [await minted('context'), await minted('identity')]
    const values: readonly (readonly [object, string])[] = [
      [await verifier.verify(token, READ_ACME), token],
      [proven.capability, token],
      [await createContextVerifier(reader).verify(context), context],
      [await createIdentityVerifier(reader).verify(identity), identity],
      [await inspect(token, root.publicKey), token],
    ]
    for (const [value, secret] of values) expectWithout(show(value), secret)
  })

  it('a refusal does not print the token', async () => {
    const verifier = createVerifier({ anchor: null, ...reader, singleUse: createUseLedger({ now }) })
    const revoked = createVerifier({ anchor: null, ...reader, revocation: createRevocationList(revocationIds(token)) })
    const down = createVerifier({ anchor: null, ...reader, keys: () => Promise.reject(new Error('down')) })
    const refusals = [
      verifier.verify(token, READ_INVOICES),
      verifier.verify(token, { ...READ_INVOICES, designations: { tenantId: 'globex' } }),
      verifier.verify(token.slice(0, -10), READ_ACME),
      verifier.verify(`${token} `, READ_ACME),
      verifier.verify(appendBlock(token, { checks: [designationCheck('facet', 'one')] }), READ_ACME),
      createVerifier({ anchor: null, ...reader, keys: mallory.publicKey }).verify(token, READ_ACME),
      revoked.verify(token, READ_ACME),
      down.verify(token, READ_ACME),
    ]
    for (const outcome of await Promise.allSettled(refusals)) {
      expect(outcome.status).toBe('rejected')
      const { reason } = outcome as PromiseRejectedResult
      expect(reason).toBeInstanceOf(CapabilityError)
      expectWithout(show(reason), token)
    }
  })
})

it('the `token` property of a verified token returns the token', async () => {
  const verified = await createVerifier({ ...reader, anchor: null }).verify(token, READ_ACME)
  expect(verified.token).toBe(token)
  expect(Object.keys(verified)).not.toContain('token')
  expect(Object.isFrozen(verified)).toBe(true)
})
