import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CapabilityRequest, createVerifier, type VerifiedCapability } from '../../src/index.ts'
import { capabilityBlock, designationCheck } from '../support/forge/datalog.ts'
import { forge } from '../support/forge/forge.ts'
import { profileCases } from '../support/gen/arbitraries.ts'
import { runs } from '../support/runs.ts'
import { capability, expectRefused, READ_INVOICES, verify } from '../support/verify.ts'

// The seed is fixed, so that a run says the same twice; `WRIT_SEED` is for other searches.
const seed = Number(process.env['WRIT_SEED'] ?? 20_261_122)

const INVOICE: CapabilityRequest = { ...READ_INVOICES, designations: { tenantId: 'acme', invoiceId: '7' } }
const ANY_INVOICE: CapabilityRequest = { ...INVOICE, allowUndesignated: ['invoiceId'] }

/** A capability that its holder has narrowed. */
function narrowed(designations: Readonly<Record<string, string>>): string {
  const checks = Object.entries(designations).map(([label, value]) => designationCheck(label, value))
  return capability(capabilityBlock(), [{ checks }])
}

describe('allowUndesignated with a list of labels', () => {
  it('a capability for the whole tenant passes where the label that it leaves open is listed', async () => {
    const { designations } = await verify(narrowed({ tenantId: 'acme' }), ANY_INVOICE)
    expect({ ...designations }).toEqual({ tenantId: 'acme' })
  })

  it('a capability that names nothing is refused for the label that is not listed', async () => {
    await expectRefused(verify(capability(), ANY_INVOICE), { code: 'undesignated', label: 'tenantId', actual: 'acme' })
  })

  it('a capability that binds a listed label alone is refused', async () => {
    await expectRefused(verify(narrowed({ invoiceId: '7' }), ANY_INVOICE), { code: 'undesignated', label: 'tenantId' })
  })

  it('a capability that binds a listed label to another value is refused', async () => {
    const other = narrowed({ tenantId: 'acme', invoiceId: '8' })
    await expectRefused(verify(other, ANY_INVOICE), { code: 'wrong_designation', label: 'invoiceId', expected: '8' })
  })

  it('a capability for another tenant is refused', async () => {
    await expectRefused(verify(narrowed({ tenantId: 'globex' }), ANY_INVOICE), { code: 'wrong_designation' })
  })

  it('an empty list is as strict as no list', async () => {
    const request = { ...INVOICE, allowUndesignated: [] }
    await expectRefused(verify(narrowed({ tenantId: 'acme' }), request), { code: 'undesignated', label: 'invoiceId' })
  })

  it('a label of the list that the request does not designate is a TypeError, so that a slip does not go unnoticed', async () => {
    for (const label of ['invoceId', 'constructor', '__proto__', '']) {
      const request = { ...INVOICE, allowUndesignated: [label] }
      await expect(verify(narrowed({ tenantId: 'acme' }), request)).rejects.toThrow(TypeError)
      await expect(verify(capability(), request)).rejects.toThrow(/^allowUndesignated: /)
    }
    await expect(verify(capability(), { ...READ_INVOICES, allowUndesignated: ['tenantId'] })).rejects.toThrow(TypeError)
  })

  it('a label of the list that a function does not return allows nothing', async () => {
    const request = { ...INVOICE, designations: () => ({ tenantId: 'acme' }), allowUndesignated: ['invoiceId'] }
    await expect(verify(narrowed({ tenantId: 'acme' }), request)).resolves.toBeDefined()
    await expectRefused(verify(capability(), request), { code: 'undesignated', label: 'tenantId' })
  })

  it.each([
    [[1]],
    [[null]],
    [[['invoiceId']]],
    ['invoiceId'],
    [{ 0: 'invoiceId', length: 1 }],
    [new Set(['invoiceId'])],
  ])('a list that is not an array of strings is a TypeError: %j', async (allowUndesignated) => {
    const request = { ...INVOICE, allowUndesignated: allowUndesignated as never }
    await expect(verify(narrowed({ tenantId: 'acme' }), request)).rejects.toThrow(/^allowUndesignated: /)
  })

  it('a list that grows while designations are looked up allows no more than at first', async () => {
    const list = ['invoiceId']
    const designations = async () => {
      list.push('tenantId')
      return { tenantId: 'acme', invoiceId: '7' }
    }
    const verification = verify(capability(), { ...READ_INVOICES, designations, allowUndesignated: list })
    await expectRefused(verification, { code: 'undesignated', label: 'tenantId' })
  })

  it('whatever the token: a label that is not listed is bound, or the token is refused; the list changes nothing else', async () => {
    let [passed, refused] = [0, 0]
    await fc.assert(
      fc.asyncProperty(fc.noBias(profileCases(1)), fc.nat(), async ({ spec, rootKey, requests }, chosen) => {
        const { time, designations: all = {}, ...wanted } = requests[0] as (typeof requests)[number]
        const { anchor, ...designations } = all
        const verifier = createVerifier({
          keys: rootKey,
          anchor: anchor ?? null,
          allowUnanchored: true,
          now: () => time,
        })
        const proof = await verifier.prove(forge(spec)).catch(() => undefined)
        if (proof === undefined) return
        const labels = Object.keys(designations)
        const listed = labels.filter((_, index) => (chosen >> index) & 1)
        const ask = (allowUndesignated: CapabilityRequest['allowUndesignated']) =>
          proof.authorize({ ...wanted, designations, allowUndesignated }).catch(() => undefined)
        const [any, some] = [await ask(true), await ask(listed)]
        const isBound = (label: string) => Object.hasOwn((any as VerifiedCapability).designations, label)
        const mustPass = any !== undefined && labels.every((label) => listed.includes(label) || isBound(label))
        expect(some?.designations).toEqual(mustPass ? any.designations : undefined)
        expect(await ask(labels)).toEqual(any)
        expect(await ask([])).toEqual(await ask(false))
        if (some === undefined && any !== undefined) refused++
        else if (some !== undefined && listed.some((label) => !isBound(label))) passed++
      }),
      { seed, numRuns: runs(500) },
    )
    // A generator that came to make neither would prove nothing.
    expect(passed).toBeGreaterThan(runs(10))
    expect(refused).toBeGreaterThan(runs(10))
  }, 60_000)
})
