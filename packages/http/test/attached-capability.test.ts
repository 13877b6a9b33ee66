import { inspect } from 'node:util'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type AttachedCapability,
  attachCapability,
  attachedCapability,
  demandCapability,
  type EnforcedCapability,
  type HttpGuardOptions,
} from '../src/index.ts'
import { guardWith, token, view } from './support.ts'

const ROUTE = 'GET /:tenantId/invoices/:invoiceId'

/** What a guard decides about a request with that token, and a request with that attached. */
async function decided(presented: string | undefined, options: Partial<HttpGuardOptions<object>> = { mode: 'report' }) {
  const authorization = presented === undefined ? [] : [`Bearer ${presented}`]
  const outcome = await guardWith(options)(view({ authorization }))
  if (!outcome.allowed) throw new Error('refused')
  return outcome
}

async function attachedTo(...presented: readonly (string | undefined)[]): Promise<object> {
  const native = {}
  for (const one of presented) {
    const { capability, code } = await decided(one)
    attachCapability(native, capability, code)
  }
  return native
}

describe('the capability of a guard that enforces', () => {
  it('says that it is enforced, and hides its token as any other', async () => {
    const presented = await token()
    const { capability, code } = await decided(presented, {})
    expect(capability).toMatchObject({ subject: 'alice', enforced: true, token: presented })
    expect(code).toBe(undefined)
    expect(Object.isFrozen(capability)).toBe(true)
    for (const printed of [JSON.stringify(capability), inspect(capability, { showHidden: true, getters: true })])
      expect(printed).not.toContain(presented)
    expect({ ...capability }).not.toHaveProperty('token')
  })
})

describe('the capability of a guard in report mode', () => {
  it('throws an error that names the guard, not the route, for a label that it does not bind', async () => {
    const native = await attachedTo(undefined)
    expect(() => demandCapability(native, ROUTE, ['tenantId'])).toThrow(
      `${ROUTE}: the capability does not bind tenantId: the guard reports, and lets such requests pass`,
    )
  })

  it('has no code where the request would pass', async () => {
    const native = await attachedTo(await token())
    expect(demandCapability(native, ROUTE)).toMatchObject({ subject: 'alice', enforced: false })
    expect(attachedCapability(native)).not.toHaveProperty('code')
  })

  it('has the code of the refusal, and only the designations that are bound, where it would not', async () => {
    const capability = demandCapability(await attachedTo(await token({ designations: {} })), ROUTE)
    expect(capability).toMatchObject({ subject: 'alice', enforced: false, code: 'undesignated' })
    expect({ ...capability.designations }).toEqual({})
  })

  it('is one of nobody for nothing where nothing was proven, and absent for who asks whether there is one', async () => {
    for (const [presented, code] of [
      [undefined, 'missing_token'],
      ['nonsense', 'malformed_token'],
      [await token({ expiresIn: 1, now: () => 1 }), 'expired'],
    ] as const) {
      const native = await attachedTo(presented)
      expect(attachedCapability(native)).toBe(undefined)
      const capability = demandCapability(native, ROUTE)
      expect(capability).toEqual({
        kind: 'capability',
        subject: '',
        resource: '',
        operation: '',
        designations: {},
        expiresAt: 0,
        revocationIds: [],
        rootKeyId: undefined,
        enforced: false,
        code,
      })
      expect([capability.token, capability.designations['constructor']]).toEqual(['', undefined])
      expect(Object.isFrozen(capability) && Object.isFrozen(capability.designations)).toBe(true)
    }
  })

  it('keeps the code of the first guard that would have refused, whatever the next guards find', async () => {
    const [good, bad] = [await token(), await token({ resource: 'orders' })]
    expect(demandCapability(await attachedTo(bad, good), ROUTE)).toMatchObject({
      resource: 'invoices',
      enforced: false,
      code: 'wrong_resource',
    })
    expect(demandCapability(await attachedTo(good, undefined), ROUTE)).toMatchObject({
      subject: 'alice',
      enforced: false,
      code: 'missing_token',
    })
    expect(attachedCapability(await attachedTo(undefined, good))).toMatchObject({ code: 'missing_token' })
  })

  it('is not made an enforced one by another guard that enforces', async () => {
    const native = await attachedTo(undefined)
    const { capability, code } = await decided(await token(), {})
    attachCapability(native, capability, code)
    expect(attachedCapability(native)).toMatchObject({ subject: 'alice', enforced: false, code: 'missing_token' })
  })

  it('tells the code that the caller would get, not the true one', async () => {
    const native = {}
    const { capability, code } = await decided(await token(), { mode: 'report', keys: () => undefined })
    attachCapability(native, capability, code)
    expect(demandCapability(native, ROUTE)).toMatchObject({ code: 'invalid_signature' })
  })

  it('is no capability where no guard ran, or the route is optional', async () => {
    expect(() => demandCapability({}, ROUTE)).toThrow(
      /^GET \/:tenantId\/invoices\/:invoiceId: no capability is attached/,
    )
    const native = {}
    const outcome = await guardWith({ mode: 'report' })(view(), { resource: 'invoices', optional: true })
    if (outcome.allowed) attachCapability(native, outcome.capability, outcome.code)
    expect(() => demandCapability(native, ROUTE)).toThrow(/no capability is attached/)
  })
})

describe('the type of an attached capability', () => {
  it('is that of an enforced one only after `enforced` was looked at', () => {
    const pay = (capability: EnforcedCapability) => capability.subject
    expectTypeOf(pay).parameter(0).not.toEqualTypeOf<AttachedCapability>()
    expectTypeOf<AttachedCapability>().not.toExtend<EnforcedCapability>()
    expectTypeOf<AttachedCapability & { enforced: true }>().toExtend<EnforcedCapability>()
  })
})
