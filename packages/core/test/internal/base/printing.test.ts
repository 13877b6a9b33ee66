import { inspect as print } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  createContextVerifier,
  createIdentityVerifier,
  createRevocationList,
  createUseLedger,
  createVerifier,
  inspect,
  mintContext,
  mintIdentity,
  revocationIds,
  type VerifierOptions,
} from '../../../src/index.ts'
import { capabilityBlock, designationCheck } from '../../support/forge/datalog.ts'
import { appendBlock } from '../../support/forge/forge.ts'
import { mallory, root } from '../../support/keys.ts'
import { capability, NOW, READ_ACME, READ_INVOICES, refusal } from '../../support/verify.ts'

const now = () => NOW
const reader = { keys: root.publicKey, now }
const token = capability(capabilityBlock({ designations: { tenantId: 'acme' } }))
const minted = async (kind: 'context' | 'identity') => {
  const options = { subject: 'agent:alice', now }
  return kind === 'context' ? mintContext(options, root.privateKey) : mintIdentity(options, root.privateKey)
}

/** Every way in which a value ends up in a log or in another process. */
const WAYS: readonly (readonly [string, (value: object) => string])[] = [
  ['by console.log', (value) => print(value)],
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

const using = (more: Partial<VerifierOptions>) => createVerifier({ ...reader, anchor: null, ...more })
const REFUSALS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['missing_designation', () => using({}).verify(token, READ_INVOICES)],
  ['wrong_designation', () => using({}).verify(token, { ...READ_INVOICES, designations: { tenantId: 'globex' } })],
  ['a token that is cut short', () => using({}).verify(token.slice(0, -10), READ_ACME)],
  ['a token with white space', () => using({}).verify(`${token} `, READ_ACME)],
  [
    'already_used',
    () =>
      using({ singleUse: createUseLedger({ now }) }).verify(
        appendBlock(token, { checks: [designationCheck('facet', 'one')] }),
        READ_ACME,
      ),
  ],
  ['another root key', () => using({ keys: mallory.publicKey }).verify(token, READ_ACME)],
  ['revoked', () => using({ revocation: createRevocationList(revocationIds(token)) }).verify(token, READ_ACME)],
  ['unavailable', () => using({ keys: () => Promise.reject(new Error('down')) }).verify(token, READ_ACME)],
]

describe.each(WAYS)('a token is never printed: %s', (way, show) => {
  const verifier = createVerifier({ ...reader, anchor: null })
  it.each<[string, () => Promise<readonly [object, string]>]>([
    ['a verified capability', async () => [await verifier.verify(token, READ_ACME), token]],
    ['a proven capability', async () => [(await verifier.prove(token)).capability, token]],
    [
      'a verified context',
      async () => {
        const context = await minted('context')
        return [await createContextVerifier(reader).verify(context), context]
      },
    ],
    [
      'a verified identity',
      async () => {
        const identity = await minted('identity')
        return [await createIdentityVerifier(reader).verify(identity), identity]
      },
    ],
    ['an inspection', async () => [await inspect(token, root.publicKey), token]],
  ])(`%s does not print its token, ${way}`, async (_name, make) => {
    const [value, secret] = await make()
    expectWithout(show(value), secret)
  })

  it.each(REFUSALS)(`a refusal does not print the token, ${way}: %s`, async (_name, refuse) => {
    expectWithout(show(await refusal(refuse())), token)
  })
})

it('the `token` property of a verified token returns the token', async () => {
  const verified = await createVerifier({ ...reader, anchor: null }).verify(token, READ_ACME)
  expect(verified.token).toBe(token)
  expect(Object.keys(verified)).not.toContain('token')
  expect(Object.isFrozen(verified)).toBe(true)
})
