import { createRevocationList, revocationIds } from '@writ/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Demand, RefusalError, type Requirement } from '../src/index.ts'
import { ANCHOR, guardWith, invoice, NOW, refusalFrom, token, view } from './support.ts'

type Options = Parameters<typeof guardWith>[0]
type Minted = Parameters<typeof token>[0]

const METADATA = 'https://api.example/.well-known/oauth-protected-resource'

/** The answer to a token of alice that differs from a good one. */
async function refuse(minted: Minted, options: Options = {}, ...requirements: Requirement<object>[]) {
  const request = view({ authorization: [`Bearer ${await token(minted)}`] })
  return refusalFrom(guardWith(options)(request, ...requirements))
}

/** The answer to a credential as it is sent. */
const refuseText = (credential: string | undefined, options: Options = {}, path = '/acme/invoices/7') =>
  refusalFrom(guardWith(options)(view({ path, authorization: credential === undefined ? [] : [credential] })))

const challengeOf = (refusal: Awaited<ReturnType<typeof refuse>>) => refusal?.headers['WWW-Authenticate']
const demand: Demand = {
  resource: 'invoices',
  operation: 'read',
  designations: ['tenantId', 'invoiceId'],
  anchor: ANCHOR,
}

describe('a caller with a proven token', () => {
  it.each<[string, Minted]>([
    ['wrong_resource', { resource: 'orders' }],
    ['wrong_operation', { operation: 'write' }],
    ['wrong_designation', { designations: { tenantId: 'globex', invoiceId: '7' } }],
    ['missing_designation', { designations: { tenantId: 'acme', invoiceId: '7', region: 'eu' } }],
    ['undesignated', { designations: { tenantId: 'acme' } }],
    ['wrong_anchor', { anchor: 'service:orders' }],
  ])('a proven token that is refused as %s learns what the route demands, and no value', async (code, minted) => {
    const refusal = await refuse(minted)
    expect(JSON.parse(refusal?.body ?? '')).toMatchObject({ code, required: demand })
    expect(refusal?.required).toEqual(demand)
    expect(challengeOf(refusal)).toBe('Bearer realm="writ", error="insufficient_scope", scope="invoices:read"')
    expect(JSON.stringify([refusal?.headers, refusal?.body])).not.toMatch(/acme|globex|orders|eu"/)
  })

  it('what the route demands follows the other members of the problem, and is frozen', async () => {
    const refusal = await refuse({ resource: 'orders' })
    expect(refusal?.body).toMatch(
      /"code":"wrong_resource","required":\{"resource":"invoices","operation":"read","designations":\["tenantId","invoiceId"\],"anchor":"service:billing"\}\}$/,
    )
    expect([refusal?.required, refusal?.required?.designations].every(Object.isFrozen)).toBe(true)
  })

  it('a service without a name demands no anchor', async () => {
    const refusal = await refuse({ resource: 'orders', anchor: undefined }, { anchor: null })
    expect(refusal?.required).toEqual({ ...demand, anchor: undefined })
    expect(refusal?.body).not.toContain('anchor')
  })

  it('of several requirements the answer describes the one that got furthest', async () => {
    const others = [{ resource: 'orders' }, { ...invoice, operation: 'audit' }, { resource: 'reports' }]
    const refusal = await refuse({}, {}, ...others)
    expect(refusal?.required).toMatchObject({ resource: 'invoices', operation: 'audit' })
    expect(challengeOf(refusal)).toContain('scope="invoices:audit"')
  })

  it('a required subject is a value, and is not told', async () => {
    const refusal = await refuse({}, {}, { ...invoice, subject: 'bob' })
    expect(refusal?.body).toContain('"code":"wrong_subject","required":{')
    expect(JSON.stringify([refusal?.headers, refusal?.body])).not.toMatch(/bob|alice/)
  })

  it('with disclose: false the answer is the one that strangers get', async () => {
    const refusal = await refuse({ resource: 'orders' }, { disclose: false, resourceMetadata: METADATA })
    expect(refusal).not.toHaveProperty('required')
    expect(refusal?.body).toMatch(/"code":"wrong_resource"\}$/)
    expect(challengeOf(refusal)).toBe(
      `Bearer realm="writ", error="insufficient_scope", resource_metadata="${METADATA}"`,
    )
  })

  it('a failure of the service says nothing about the route, even to a proven token', async () => {
    const fail = () => {
      throw new Error('down')
    }
    const refusal = await refuse({}, {}, { resource: 'invoices', designate: { tenantId: fail } })
    expect(refusal).not.toHaveProperty('required')
    expect(Object.keys(refusal?.headers ?? {})).not.toContain('WWW-Authenticate')
    expect(await refuse({ resource: 'orders' }, { onDecision: fail })).not.toHaveProperty('required')
    const failed = await refuse({ resource: 'orders' }, { onRefusal: fail })
    expect([failed?.status, failed?.required]).toEqual([503, undefined])
  })

  it('onRefusal and RefusalError have what the route demands, for a body of their own', async () => {
    const seen: unknown[] = []
    await refuse({ resource: 'orders' }, { onRefusal: (refusal) => void seen.push(refusal.required) })
    expect(seen).toEqual([demand])
    const refusal = await refuse({ resource: 'orders' }, { refuse: 'error' })
    const error = refusal && new RefusalError(refusal)
    expect(error?.required).toEqual(demand)
    expect(error?.headers['WWW-Authenticate']).toContain('scope="invoices:read"')
  })
})

describe('a caller without a proven token', () => {
  it('strangers learn nothing of a route: not its resource, nor its labels, nor its anchor', async () => {
    const forged = `Bearer ${(await token()).replace(/.{8}$/, 'AAAAAAAA')}`
    const revoked = await token()
    const revocation = createRevocationList()
    revocation.revoke(revocationIds(revoked)[0] ?? '')
    for (const credential of [undefined, 'Bearer nonsense', forged, `Bearer ${revoked}`]) {
      const refusal = await refuseText(credential, { revocation })
      expect(refusal?.required).toBe(undefined)
      expect(JSON.stringify([refusal?.headers, refusal?.body])).not.toMatch(/invoices|tenantId|service:billing|scope=/)
    }
  })

  it('a token that has ended learns nothing of a route, even if it ends during the decision', async () => {
    let time = NOW
    const tenantId = () => {
      time += 3600
      return 'acme'
    }
    const late = { resource: 'invoices', designate: { tenantId } }
    for (const [minted, requirement] of [[{ now: () => NOW - 3600 }, invoice] as const, [{}, late] as const]) {
      const refusal = await refuse(minted, { now: () => time }, requirement)
      expect([refusal?.code, refusal?.required]).toEqual(['expired', undefined])
      expect(challengeOf(refusal)).toBe('Bearer realm="writ", error="insufficient_scope"')
    }
  })

  it('an unproven token gets the same answer whatever the route would have said about it', async () => {
    const answers = new Set<string>()
    for (const minted of [{}, { resource: 'orders' }, { designations: {} }, { anchor: 'service:orders' }]) {
      const text = await token(minted)
      const forged = `${text.slice(0, -20)}${text.slice(-20).replaceAll(/[A-Za-z]/g, 'A')}`
      for (const options of [{}, { resourceMetadata: METADATA }]) {
        const refusal = await refuseText(`Bearer ${forged}`, options)
        answers.add(JSON.stringify([options, refusal?.status, refusal?.headers, refusal?.body]))
      }
    }
    expect(answers.size).toBe(2)
  })
})

describe('the challenge', () => {
  it('resourceMetadata is part of every challenge, and lets it say the scope to strangers too', async () => {
    const options = { resourceMetadata: METADATA }
    const rest = `scope="invoices:read", resource_metadata="${METADATA}"`
    expect(challengeOf(await refuseText(undefined, options))).toBe(`Bearer realm="writ", ${rest}`)
    const forbidden = `Bearer realm="writ", error="insufficient_scope", ${rest}`
    expect(challengeOf(await refuse({ resource: 'orders' }, options))).toBe(forbidden)
    expect(challengeOf(await refuseText('Bearer nonsense', options))).toBe(forbidden)
    const invalid = await refuseText('Bearer nonsense', { ...options, rfc6750: true })
    expect([invalid?.status, challengeOf(invalid)]).toEqual([
      401,
      `Bearer realm="writ", error="invalid_token", ${rest}`,
    ])
    expect(invalid?.body).not.toContain('required')
  })

  it.each([
    'http://localhost:3000/meta',
    'http://127.0.0.1/meta',
    'http://[::1]:8080/meta',
    'https://a.example/?b=c%22',
  ])('resourceMetadata may be %s', async (resourceMetadata) => {
    expect(challengeOf(await refuseText(undefined, { resourceMetadata }))).toContain(`="${resourceMetadata}"`)
  })

  it.each(['a b', 'a"b', 'a\\b', 'a\r\nSet-Cookie: b=c', 'caf\u00e9', 'a\u0000', 'a", error="x', 'x'.repeat(300)])(
    'a resource named %j has no scope in the challenge, and injects nothing into it',
    async (resource) => {
      const refusal = await refuse({}, {}, { ...invoice, resource })
      expect(challengeOf(refusal)).toBe('Bearer realm="writ", error="insufficient_scope"')
      expect(JSON.parse(refusal?.body ?? '').required.resource).toBe(resource)
      const operation = await refuse({}, {}, { ...invoice, operation: resource })
      expect(challengeOf(operation)).toBe('Bearer realm="writ", error="insufficient_scope"')
    },
  )

  it('whatever a route is called, its challenge has four parameters at most and one scope', async () => {
    const authorization = [`Bearer ${await token({ resource: 'none' })}`]
    const decide = guardWith({ resourceMetadata: METADATA })
    const name = fc.string({ minLength: 1, unit: 'binary' })
    const shape = /^Bearer realm="writ", error="insufficient_scope"(, scope="[!#-[\]-~]+")?, resource_metadata="[^"]+"$/
    await fc.assert(
      fc.asyncProperty(name, name, async (resource, operation) => {
        const refusal = await refusalFrom(decide(view({ authorization }), { resource, operation }))
        expect(challengeOf(refusal)).toMatch(shape)
      }),
    )
  })
})
