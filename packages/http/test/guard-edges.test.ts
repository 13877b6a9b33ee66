import { CapabilityError, createUseLedger } from '@writ/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Decision, RefusalError, refusalOf } from '../src/index.ts'
import { findToken } from '../src/internal/find-token.ts'
import { guardWith, invoice, NOW, refusalFrom, token, view } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const good = async () => view({ authorization: [`Bearer ${await token()}`] })

describe('a decision', () => {
  it('a decision says how long it took', async () => {
    const request = await good()
    const decisions: Decision[] = []
    const decide = guardWith({ onDecision: (decision) => decisions.push(decision) })
    vi.spyOn(performance, 'now').mockReturnValueOnce(100).mockReturnValueOnce(107)
    await decide(request)
    expect(decisions[0]?.durationMs).toBe(7)
  })

  it('a decision about a request without a credential names the optional requirement', async () => {
    const decisions: Decision[] = []
    const decide = guardWith({ onDecision: (decision) => decisions.push(decision) })
    expect(await decide(view(), invoice, { resource: 'news', optional: true })).toEqual({ allowed: true })
    expect(decisions[0]).toMatchObject({ allowed: true, requirement: { resource: 'news', optional: true } })
  })

  it('a decision for a source that is missing names its label, and says what to change', async () => {
    const decisions: Decision[] = []
    const decide = guardWith({ onDecision: (decision) => decisions.push(decision) })
    await decide({ ...(await good()), params: { tenantId: 'acme' } })
    expect(decisions[0]).toMatchObject({
      code: 'source_missing',
      label: 'invoiceId',
      hint: expect.stringMatching(/^the matched path has no param invoiceId .*mergeParams: true/),
    })
  })
})

describe('a decision as JSON', () => {
  it('a decision that is logged as JSON names the source of every label, and holds neither the token nor a cause', async () => {
    const decisions: Decision[] = []
    const decide = guardWith({ onDecision: (decision) => decisions.push(decision) })
    const designate = { tenantId: 'tenantId', invoiceId: () => '8' }
    const request = await good()
    await decide(request, { resource: 'invoices', designate })
    const json = JSON.stringify({ ...decisions[0], durationMs: 1 })
    expect(JSON.parse(json)).toEqual({
      allowed: false,
      enforced: true,
      requirement: {
        resource: 'invoices',
        designate: { tenantId: 'param tenantId', invoiceId: 'function' },
        allowUndesignated: false,
        optional: false,
      },
      operation: 'read',
      capability: {
        kind: 'capability',
        subject: 'alice',
        resource: 'invoices',
        operation: 'read',
        designations: {},
        expiresAt: NOW + 300,
        revocationIds: [expect.any(String)],
      },
      durationMs: 1,
      code: 'wrong_designation',
      error: { name: 'CapabilityError', code: 'wrong_designation' },
      label: 'invoiceId',
      expected: '7',
      actual: '8',
    })
    expect(json).not.toContain(request.header('authorization')[0]?.slice(7))
  })
})

describe('a failure of the service', () => {
  const down = new Error('down')
  const fail = () => {
    throw down
  }

  it.each<[string, () => ReturnType<typeof refusalFrom>]>([
    ['onDecision', async () => refusalFrom(guardWith({ onDecision: fail })(await good()))],
    ['the view of the request', () => refusalFrom(guardWith()(view({ header: fail })))],
    [
      'a designation',
      async () => refusalFrom(guardWith()(await good(), { resource: 'invoices', designate: { tenantId: fail } })),
    ],
  ])('a failure in %s keeps its cause for operators', async (_name, decide) => {
    const refusal = await decide()
    expect([refusal?.status, refusal?.error.code, refusal?.error.cause]).toEqual([503, 'unavailable', down])
  })

  it.each([7, true, {}, ['acme']])(
    'a designate function that returns %j is a failure of the service',
    async (value) => {
      const requirement = { resource: 'invoices', designate: { tenantId: () => value as unknown as string } }
      const refusal = await refusalFrom(guardWith()(await good(), requirement))
      expect(refusal).toMatchObject({ status: 503, code: 'unavailable' })
      expect(String(refusal?.error.cause)).toBe('TypeError: designate: a function must return a string')
    },
  )
})

describe('onRefusal', () => {
  const statusOf = async (status: number) =>
    (await refusalFrom(guardWith({ onRefusal: () => ({ status }) })(view())))?.status

  it('onRefusal may answer with status 400 to 599, and with no other', async () => {
    expect([await statusOf(400), await statusOf(599)]).toEqual([400, 599])
    for (const status of [399, 600, 200, 404.5]) expect(await statusOf(status)).toBe(503)
  })

  it('onRefusal cannot set a header to a value that is not a string', async () => {
    const headers = { 'X-Attempts': 7 as unknown as string }
    expect(await refusalFrom(guardWith({ onRefusal: () => ({ headers }) })(view()))).toMatchObject({ status: 503 })
  })
})

describe('the options of a guard at the edge', () => {
  it('retryAfter may be one second', async () => {
    const refusal = await refusalFrom(
      guardWith({ retryAfter: 1, keys: () => Promise.reject(new Error('down')) })(await good()),
    )
    expect(refusal?.headers['Retry-After']).toBe('1')
  })
})

describe('a credential', () => {
  const bearer = (...authorization: string[]) => findToken(view({ authorization }), { header: 'authorization' })

  it.each(['Basic bearer', 'Basic Bearer abc', 'xBearer abc', 'x-bearer'])(
    'begins with its scheme: %j has another',
    (header) => {
      expect(bearer(header)).toBe('none')
    },
  )

  it.each([
    ['   Bearer abc', 'abc'],
    ['Bearer abc \t ', 'abc'],
    ['Bearer:a  b', ':a  b'],
    ['Bearer\ta  b', '\ta  b'],
  ])('%j presents %j: white space counts inside a credential, not around it', (header, found) => {
    expect(bearer(header)).toEqual({ token: found })
  })
})

describe('a RefusalError', () => {
  it('the stack of a RefusalError can be replaced, like that of any error', () => {
    const error = new RefusalError(
      refusalOf(new CapabilityError('revoked'), { realm: 'writ', rfc6750: false, retryAfter: 5 }),
    )
    error.stack = 'other'
    expect(error.stack).toBe('other')
    expect(Reflect.deleteProperty(error, 'stack')).toBe(true)
  })
})

describe('a single-use capability', () => {
  const singleUse = createUseLedger({ now: () => NOW })
  const decide = guardWith({ singleUse })

  it('a single-use capability is spent once for the same view, and is used up for any other', async () => {
    const request = view({ authorization: [`Bearer ${await token({ singleUse })}`] })
    expect(await refusalFrom(decide(request))).toBe(undefined)
    expect(await refusalFrom(decide(request))).toBe(undefined)
    expect(await refusalFrom(decide({ ...request }))).toMatchObject({ status: 403, code: 'already_used' })
  })

  it('a single-use capability that is refused is not spent', async () => {
    const authorization = [`Bearer ${await token({ singleUse })}`]
    const elsewhere = view({ authorization, params: { tenantId: 'globex', invoiceId: '7' } })
    expect(await refusalFrom(decide(elsewhere))).toMatchObject({ code: 'wrong_designation' })
    expect(await refusalFrom(decide(view({ authorization })))).toBe(undefined)
  })
})
