import { describe, expect, it } from 'vitest'
import {
  attachCapability,
  attachedCapability,
  bindGuard,
  createGuardEngine,
  demandCapability,
  type EnforcedCapability,
  type FrozenRequirement,
  type RequestView,
  requirementOf,
} from '../src/index.ts'
import { ANCHOR, NOW, publicKey, token, view } from './support.ts'

const engine = createGuardEngine<object>({ keys: publicKey, anchor: ANCHOR, now: () => NOW })
/** The guard of a framework whose handlers take a view and say whether the request passes. */
const guard = bindGuard<object, (request: RequestView) => Promise<boolean>>(
  engine,
  (check) => async (request) => (await check(request, {})).allowed,
)
const requirementsOf = (handler: object) =>
  [requirementOf(handler)].flat().map((one) => {
    const { resource, designate } = one as FrozenRequirement
    return [resource, { ...designate }]
  })

describe('guard', () => {
  it('guard makes handlers that decide', async () => {
    const handler = guard({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] })
    expect(await handler(view({ authorization: [`Bearer ${await token()}`] }))).toBe(true)
    expect(await handler(view())).toBe(false)
  })

  it('guard makes handlers that requirementOf can describe', () => {
    const handler = guard({ resource: 'invoices', designate: ['tenantId'] })
    expect(requirementsOf(handler)).toEqual([['invoices', { tenantId: 'tenantId' }]])
    expect(Object.isFrozen(requirementOf(handler))).toBe(true)
    expect(requirementOf(guard.public())).toBe('public')
    expect(requirementOf(() => {})).toBe(undefined)
  })

  it('guard.with returns another guard, and the first stays as it was', () => {
    const invoices = guard.with({ resource: 'invoices' })
    const tenants = invoices.with({ designate: ['tenantId'] })
    expect(requirementsOf(tenants({ designate: ['invoiceId'] }))).toEqual([
      ['invoices', { tenantId: 'tenantId', invoiceId: 'invoiceId' }],
    ])
    expect(requirementsOf(tenants())).toEqual([['invoices', { tenantId: 'tenantId' }]])
    expect(requirementsOf(invoices({}))).toEqual([['invoices', {}]])
    expect(requirementsOf(tenants({ resource: 'orders' }))).toEqual([['orders', { tenantId: 'tenantId' }]])
    expect(requirementOf(tenants.public())).toBe('public')
  })

  it('a guard of several requirements gives each of them the defaults', () => {
    const handler = guard.with({ designate: ['tenantId'] })([{ resource: 'a' }, { resource: 'b', designate: ['id'] }])
    expect(requirementsOf(handler)).toEqual([
      ['a', { tenantId: 'tenantId' }],
      ['b', { tenantId: 'tenantId', id: 'id' }],
    ])
    expect(Object.isFrozen(requirementOf(handler))).toBe(true)
    expect(requirementOf(guard([{ resource: 'a' }]))).toHaveLength(1)
  })

  it('guard throws a TypeError for a wrong requirement', () => {
    const untyped = guard as unknown as (requirement?: unknown) => unknown
    expect(() => untyped()).toThrow(/^resource: is required/)
    expect(() => untyped([])).toThrow(/^requirement: an array must hold at least one/)
    expect(() => untyped([{ resource: 'a' }, {}])).toThrow(/^resource: is required/)
    expect(() => untyped(null)).toThrow(/^requirement: must be an object/)
    expect(() => guard.with({ resource: '' })).toThrow(/^resource: must be a string/)
    expect(() => guard.with({ resources: 'a' } as never)).toThrow(/^resources: unknown option/)
    expect(() => guard.with({ designate: ['anchor'] })).toThrow(/^designate.anchor: the label is reserved/)
  })
})

describe('an attached capability', () => {
  const capability = async () => {
    const outcome = await engine.decide(
      [
        requirementOf(
          guard({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] }),
        ) as FrozenRequirement<object>,
      ],
      view({ authorization: [`Bearer ${await token()}`] }),
      {},
    )
    return outcome.allowed ? outcome.capability : undefined
  }

  it('an attached capability belongs to one request, and a later one replaces it', async () => {
    const [first, second] = [await capability(), await capability()]
    const request = {}
    attachCapability(request, first)
    attachCapability(request, second)
    attachCapability(request, undefined)
    expect(attachedCapability(request)).toBe(second)
    expect(demandCapability(request, 'GET /')).toBe(second)
    expect(attachedCapability({})).toBe(undefined)
    expect(Reflect.ownKeys(request)).toEqual([])
  })

  it('demandCapability throws an error that names the label which the capability does not bind', () => {
    const request = {}
    const designations = Object.assign(Object.create(null), { tenantId: 'acme' })
    attachCapability(request, { designations, enforced: true } as EnforcedCapability)
    expect(demandCapability(request, 'GET /', ['tenantId']).designations.tenantId).toBe('acme')
    for (const label of ['invoiceId', 'constructor', '__proto__', 'toString'])
      expect(() => demandCapability(request, 'GET /', ['tenantId', label])).toThrow(
        `GET /: the capability does not bind ${label}: no guard demanded it`,
      )
  })

  it('demandCapability throws an error that names the route if nothing is attached', () => {
    expect(() => demandCapability({}, 'GET /:tenantId')).toThrow(/^GET \/:tenantId: no capability is attached/)
  })
})
