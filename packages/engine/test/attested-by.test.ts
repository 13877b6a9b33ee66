import { attenuate, attest, createVerifier, generateKeyPair } from '@writ/core'
import { describe, expect, test } from 'vitest'
import {
  checkPolicyAgainstSchema,
  diffPolicy,
  lintPolicy,
  PolicyError,
  parsePolicy,
  parseSchema,
} from '../src/index.ts'
import { engineOf, keys, NOW, refusalOf } from './support/policies.ts'

const finance = await generateKeyPair()
const mallory = await generateKeyPair()
const PAY = {
  ...{ subject: 'agent:alice', target: 'payments', operation: 'pay' },
  designations: { invoiceId: '7', approval: '7' },
} as const
const REQUEST = { resource: 'payments', operation: 'pay', designations: PAY.designations }
const now = () => NOW
const verifier = createVerifier({ keys: keys.publicKey, anchor: null, now })

/** A policy of an agent and a helper below it, each with the keys that must attest. */
function policyOf(agent: Readonly<Record<string, string>>, helper: Readonly<Record<string, string>> = {}): string {
  const entry = (id: string, attesters: object, more = '') => {
    const said = Object.entries(attesters).map(([label, key]) => `${label} = ${JSON.stringify(key)}`)
    return `[[objects]]\nid = "${id}"\n${more}[[objects.capabilities]]\ntarget = "payments"\noperations = ["pay"]
attested_by = { ${said.join(', ')} }\n`
  }
  return entry('agent:alice', agent) + entry('agent:alice:helper', helper, 'parent = "agent:alice"\n')
}

const engine = engineOf(policyOf({ approval: finance.publicKey }))
const approve = (token: string, { privateKey } = finance, approval = '7') =>
  attest(token, { keys: keys.publicKey, privateKey }, { designations: { approval } })

describe('what a policy wants attested', () => {
  test('keeps a capability from being used until that key has attested it', async () => {
    const { capability, designations } = await engine.mint(PAY)
    expect(designations).toEqual(PAY.designations)
    await expect(verifier.verify(capability, REQUEST)).rejects.toMatchObject({ code: 'missing_designation' })
    expect(await verifier.verify(await approve(capability), REQUEST)).toMatchObject({ subject: 'agent:alice' })
  })

  test('cannot be attested by another key, nor stated by the holder', async () => {
    const { capability } = await engine.mint(PAY)
    const forged = await approve(capability, mallory)
    await expect(verifier.verify(forged, REQUEST)).rejects.toMatchObject({ code: 'missing_designation' })
    const own = await attenuate(capability, keys.publicKey, { designations: { approval: '7' }, now })
    await expect(verifier.verify(own, REQUEST)).rejects.toMatchObject({ code: 'missing_designation' })
    await expect(approve(capability, finance, '8')).rejects.toThrow('designations.approval')
  })

  test('is attested for one capability alone', async () => {
    const approved = await approve((await engine.mint(PAY)).capability)
    const other = { ...REQUEST, designations: { invoiceId: '8', approval: '7' } }
    await expect(verifier.verify(approved, other)).rejects.toMatchObject({ code: 'wrong_designation' })
  })

  test('must be named when it is minted', async () => {
    const error = await refusalOf(engine.mint({ ...PAY, designations: { invoiceId: '7' } }))
    expect([error.step, error.code, error.label]).toEqual(['schema', 'missing_designation', 'approval'])
  })

  test('is wanted of descendants too', async () => {
    const { capability } = await engine.mint({ ...PAY, subject: 'agent:alice:helper' })
    await expect(verifier.verify(capability, REQUEST)).rejects.toMatchObject({ code: 'missing_designation' })
    expect(await verifier.verify(await approve(capability), REQUEST)).toMatchObject({ subject: 'agent:alice:helper' })
  })

  test('by another key than that of an ancestor is refused, and is found before', async () => {
    const policy = policyOf({ approval: finance.publicKey }, { approval: mallory.publicKey })
    const error = await refusalOf(engineOf(policy).mint({ ...PAY, subject: 'agent:alice:helper' }))
    expect([error.step, error.code, error.label]).toEqual(['chain', 'ancestor_has_other_attester', 'approval'])
    expect((await lintPolicy(parsePolicy(policy))).map(({ message }) => message).join()).toContain(
      'wants it attested by another key',
    )
  })

  test.each([
    ['approval = "nobody"', 'must be a label with a public key'],
    ['approval = 7', 'must be a label with a public key'],
    [`anchor = ${JSON.stringify(finance.publicKey)}`, 'the label "anchor" is reserved'],
    [`"" = ${JSON.stringify(finance.publicKey)}`, 'must be a label with a public key'],
    [`invoiceId = ${JSON.stringify(finance.publicKey)}`, 'must not be in left_to_holder: it is named at the mint'],
  ])('is a fault of the policy if it says { %s }', (said, message) => {
    const grant = `{ target = "a", operations = ["b"], left_to_holder = ["invoiceId"], attested_by = { ${said} } }`
    expect(() => parsePolicy(`[[objects]]\nid = "a:b"\ncapabilities = [${grant}]`)).toThrow(PolicyError)
    expect(() => parsePolicy(`[[objects]]\nid = "a:b"\ncapabilities = [${grant}]`)).toThrow(message)
  })

  test.each([{ approval: 'x' }, [['approval']], 'approval', null])(
    'is unavailable where a policy of another kind says %j instead of a map',
    async (attestedBy) => {
      const listed = parsePolicy(policyOf({}))
      const find = (subject: string) => {
        const entry = listed.find(subject)
        if (entry === undefined) return undefined
        const { identity } = entry
        const grant = () => ({ ...entry.grants()[0]!, attestedBy: attestedBy as never })
        return { identity, grant, grants: () => entry.grants() }
      }
      const error = await refusalOf(engineOf('', { policy: { ...listed, find } }).mint(PAY))
      expect([error.step, error.code]).toEqual(['policy', 'unavailable'])
    },
  )

  test('is a difference between two policies: less of it is a gain', async () => {
    const [strict, lax] = [parsePolicy(policyOf({ approval: finance.publicKey })), parsePolicy(policyOf({}))]
    const [gain] = (await diffPolicy(strict, lax)).subjects
    expect([gain?.gains.length, gain?.loses.length]).toEqual([1, 0])
    const [loss] = (await diffPolicy(lax, strict)).subjects
    expect([loss?.gains.length, loss?.loses.length]).toEqual([0, 1])
  })

  test('must be a label of the schema', () => {
    const schema = parseSchema({ targets: [{ id: 'payments', operations: [{ name: 'pay' }] }] })
    const faults = checkPolicyAgainstSchema(parsePolicy(policyOf({ approval: finance.publicKey })), schema)
    expect(faults[0]).toMatchObject({ rule: 'unknown_label', key: 'capabilities[0].attested_by' })
  })
})
