import { describe, expect, it } from 'vitest'
import { createUseLedger, createVerifier, mintCapability, type UseLedger } from '../../src/index.ts'
import { root } from '../support/keys.ts'
import { expectRefused, NOW, READ_INVOICES } from '../support/verify.ts'

const now = () => NOW

/** A proof of a single-use capability, and how often its ledger was asked. */
async function proven(more: object = {}) {
  const kept = createUseLedger({ now })
  let asked = 0
  const consume: UseLedger['consume'] = (id, facet) => {
    asked++
    return kept.consume(id, facet)
  }
  const singleUse = { issue: kept.issue, consume }
  const right = { subject: 'alice', resource: 'invoices', operation: 'read', singleUse, now, ...more }
  const token = await mintCapability(right, root.privateKey)
  const proof = await createVerifier({ keys: root.publicKey, anchor: null, singleUse, now }).prove(token)
  return { proof, asked: () => asked }
}

describe('one proof of a single-use capability', () => {
  it('one proof decides about any number of requests without spending the capability', async () => {
    const { proof, asked } = await proven()
    expect(await proof.decide(READ_INVOICES)).toMatchObject({ subject: 'alice', operation: 'read' })
    await expectRefused(proof.decide({ ...READ_INVOICES, resource: 'orders' }), { code: 'wrong_resource' })
    await proof.decide(READ_INVOICES)
    expect(asked()).toBe(0)
  })

  it('a run spends a single-use capability once, and every other run is refused', async () => {
    const { proof, asked } = await proven()
    const [first, second] = [{}, {}]
    await proof.spend(first)
    await Promise.all([proof.spend(first), proof.spend(first)])
    expect(asked()).toBe(1)
    await expectRefused(proof.spend(second), { code: 'already_used' })
    await expectRefused(proof.spend(second), { code: 'already_used' })
    expect(asked()).toBe(2)
  })

  it('of many simultaneous runs one spends a single-use capability', async () => {
    const { proof } = await proven()
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => proof.spend({})))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('repeated authorize calls are one use, and leave none for a run', async () => {
    const { proof, asked } = await proven()
    await proof.authorize(READ_INVOICES)
    await proof.authorize(READ_INVOICES)
    expect(asked()).toBe(1)
    await expectRefused(proof.spend({}), { code: 'already_used' })
  })
})

describe('a proof of a capability that is good for any number of uses', () => {
  it('a run of a capability without a limit of uses spends nothing', async () => {
    const { proof, asked } = await proven({ singleUse: undefined })
    await proof.spend({})
    await proof.spend({})
    await proof.authorize(READ_INVOICES)
    expect(asked()).toBe(0)
  })
})
