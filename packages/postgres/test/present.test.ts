import { attenuate, mintIdentity, revocationIds, seal } from '@writ/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activator, gateway, gatewayP256, root, rootP256 } from '../../core/test/support/keys.ts'
import { SERVER } from './support/database.ts'
import { codeOf, createInvoices, type Invoices, inTransaction, present, shown } from './support/invoices.ts'
import { prepareVerdicts, verdictsOf } from './support/verdicts.ts'

describe.skipIf(SERVER === undefined)('writ.present', () => {
  let db: Invoices

  beforeAll(async () => {
    db = await createInvoices(SERVER as string)
    await prepareVerdicts(db.owner)
  })

  afterAll(() => db?.remove())

  const codeFor = async (token: string) => inTransaction(db.app, (client) => codeOf(present(client, token)))
  const proofs = async () => Number((await db.owner.query('select count(*) from writ.proofs')).rows[0].count)

  it('accepts what core mints, narrows and seals', async () => {
    const token = await db.mint({ expiresIn: '5m' })
    const narrow = await attenuate(token, db.publicKey, { designations: { invoiceId: '7' }, expiresIn: '1m' })
    const twice = await attenuate(narrow, db.publicKey, { designations: { region: 'Ünïcode 𝒲' } })
    const sealed = await seal(twice, db.publicKey)
    const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
    const designations = { tenantId: 'acme', invoiceId: '7', region: 'Ünïcode 𝒲' }
    expect(await verdictsOf(db.owner, [token, narrow, twice, sealed])).toMatchObject([
      { ...right, designations: { tenantId: 'acme' } },
      { ...right, designations: { tenantId: 'acme', invoiceId: '7' } },
      { ...right, designations },
      { ...right, designations },
    ])
  })

  it('refuses what it does not support by a code of its own', async () => {
    const attested = await db.mint({ attested: { approval: { value: 'yes', by: gateway.publicKey } } })
    const { attest } = await import('@writ/core')
    const signing = { keys: db.publicKey, privateKey: gateway.privateKey }
    expect(await codeFor(await attest(attested, signing, { designations: { approval: 'yes' } }))).toBe(
      'third_party_block',
    )
    expect(await codeFor(await db.mint({ attested: { approval: { value: 'yes', by: gatewayP256.publicKey } } }))).toBe(
      'unsupported_key',
    )
    expect(await codeOf(db.owner.query('select writ.trust($1)', [rootP256.publicKey]))).toBe('unsupported_key')
  })

  it('refuses what nobody has attested, activated or spent', async () => {
    expect(await codeFor(await db.mint({ attested: { approval: { value: 'yes', by: gateway.publicKey } } }))).toBe(
      'missing_designation',
    )
    expect(await codeFor(await db.mint({ activator: activator.publicKey }))).toBe('not_activated')
    expect(await codeFor(await db.mint({ singleUse: { issue: () => {} } as never }))).toBe('already_used')
  })

  it('refuses another kind of token, and another key', async () => {
    await db.owner.query('select writ.trust($1, 7)', [root.publicKey])
    const options = { subject: 'alice', resource: 'invoices', operation: 'read' } as const
    const { mintCapability } = await import('@writ/core')
    expect(await codeFor(await mintIdentity({ subject: 'user:alice', rootKeyId: 7 }, root.privateKey))).toBe(
      'wrong_kind',
    )
    expect(await codeFor(await mintCapability({ ...options, rootKeyId: 8 }, root.privateKey))).toBe('untrusted_key')
    expect(await codeFor(await mintCapability(options, root.privateKey))).toBe('invalid_signature')
    expect(await codeFor(await mintCapability({ ...options, rootKeyId: 7 }, root.privateKey))).toBe('no error')
  })

  it('looks at keys, revocation, anchor and end each time, also for a token that is remembered', async () => {
    const token = await db.mint({ rootKeyId: 1 })
    await db.owner.query('select writ.trust($1, 1)', [db.publicKey])
    const remembered = async () => {
      await db.app.query('select writ.present($1)', [token])
      expect(await codeFor(token)).toBe('no error')
    }
    await remembered()
    await db.owner.query('select writ.distrust(1)')
    expect(await codeFor(token)).toBe('untrusted_key')
    await db.owner.query('select writ.trust($1, 1)', [root.publicKey])
    expect(await codeFor(token)).toBe('invalid_signature')
    await db.owner.query('select writ.trust($1, 1)', [db.publicKey])
    await remembered()
    await db.owner.query("select writ.be('service:billing')")
    expect(await codeFor(token)).toBe('wrong_anchor')
    await db.owner.query('select writ.be(null)')
    await remembered()
    await db.owner.query('select writ.revoke($1)', [revocationIds(token)[0]?.toUpperCase()])
    expect(await codeFor(token)).toBe('revoked')
  })

  it('revokes what was narrowed from a revoked token', async () => {
    const token = await db.mint()
    const narrow = await attenuate(token, db.publicKey, { designations: { invoiceId: '7' } })
    await db.owner.query('select writ.revoke($1)', [revocationIds(narrow)[1]])
    expect([await codeFor(token), await codeFor(narrow)]).toEqual(['no error', 'revoked'])
    await db.owner.query('select writ.revoke($1)', [revocationIds(token)[0]])
    expect(await codeFor(token)).toBe('revoked')
  })

  it('refuses an expired token, and ends with one that expires during the transaction', async () => {
    const token = await db.mint({ expiresIn: 60, now: () => 1_700_000_000 })
    expect(await codeFor(token)).toBe('expired')
    const clock = (seconds: string) =>
      `create or replace function writ.seconds() returns bigint language sql as 'select ${seconds}::bigint'`
    await inTransaction(db.owner, async (client) => {
      await client.query(clock('1700000059'))
      await present(client, token)
      expect((await client.query("select writ.allows('invoices', 'read', 'tenantId') as ok")).rows).toEqual([
        { ok: true },
      ])
      await client.query(clock('1700000060'))
      expect(await codeOf(client.query("select writ.allows('invoices', 'read', 'tenantId')"))).toBe('expired')
    })
  })

  it('demands an anchor where it has one', async () => {
    await db.owner.query("select writ.be('service:billing')")
    try {
      expect(await codeFor(await db.mint())).toBe('wrong_anchor')
      expect(await codeFor(await db.mint({ anchor: 'service:other' }))).toBe('wrong_anchor')
      expect(await codeFor(await db.mint({ anchor: 'service:billing' }))).toBe('no error')
    } finally {
      await db.owner.query('select writ.be(null)')
    }
    expect(await codeFor(await db.mint({ anchor: 'service:billing' }))).toBe('wrong_anchor')
  })

  it('keeps several capabilities apart in one transaction', async () => {
    const invoices = await db.mint()
    const customers = await db.mint({ resource: 'customers', designations: { tenantId: 'globex', region: 'eu' } })
    const others = await db.mint({ subject: 'bob', designations: { tenantId: 'globex' } })
    const ask = `select writ.designation('tenantId', 'invoices', 'read') as invoices,
      writ.designation('tenantId', 'customers', 'read') as customers, writ.designation('tenantId') as any,
      writ.designation('region') as region, writ.subject() as subject`
    await inTransaction(db.app, async (client) => {
      await present(client, invoices)
      await present(client, customers)
      expect(await shown(client)).toEqual([1, 2])
      expect((await client.query(ask)).rows).toEqual([
        { invoices: 'acme', customers: 'globex', any: null, region: null, subject: 'alice' },
      ])
      await present(client, invoices)
      expect(await shown(client)).toEqual([1, 2])
      // Two for the same right that name different objects: nothing is chosen for the caller.
      await present(client, others)
      expect(await shown(client)).toEqual([])
      expect((await client.query(ask)).rows).toEqual([
        { invoices: null, customers: 'globex', any: null, region: null, subject: null },
      ])
    })
    const many = await Promise.all(Array.from({ length: 17 }, (_, index) => db.mint({ resource: `r${index}` })))
    await inTransaction(db.app, async (client) => {
      for (const token of many.slice(0, 16)) await present(client, token)
      expect(await codeOf(present(client, many[16] as string))).toBe('limits_exceeded')
    })
  })

  it('remembers only hashes, and at most 64 tokens narrowed from one', async () => {
    const before = await proofs()
    const token = await db.mint()
    const narrowed: string[] = []
    for (let index = 0; index < 70; index++) {
      narrowed.push(await attenuate(token, db.publicKey, { designations: { invoiceId: `${index}` } }))
    }
    for (const verdict of await verdictsOf(db.owner, narrowed)) expect(verdict).toBeTypeOf('object')
    expect((await proofs()) - before).toBe(64)
    const { rows } = await db.owner.query('select proofs::text as row from writ.proofs')
    for (const { row } of rows) expect(narrowed.some((one) => row.includes(one.slice(60, 100)))).toBe(false)
  })

  it('works in a transaction that may not write, and then remembers nothing', async () => {
    const before = await proofs()
    const token = await db.mint()
    await inTransaction(db.app, async (client) => {
      await client.query('set transaction read only')
      await present(client, token)
      expect(await shown(client)).toEqual([1, 2])
    })
    expect(await proofs()).toBe(before)
  })

  it('does not wait for another transaction that is remembering the same token', async () => {
    const token = await db.mint()
    await inTransaction(db.app, async (one) => {
      await present(one, token)
      await inTransaction(db.app, async (other) => {
        await other.query("set local lock_timeout = '1ms'")
        await present(other, token)
        expect(await shown(other)).toEqual([1, 2])
      })
    })
  })

  it('does not fail a transaction whose snapshot is older than what another one has remembered', async () => {
    for (const level of ['repeatable read', 'serializable']) {
      const token = await db.mint()
      await inTransaction(db.app, async (client) => {
        await client.query(`set transaction isolation level ${level}`)
        await client.query('select 1 from invoices')
        await db.app.query('select writ.present($1)', [token])
        await present(client, token)
        expect(await shown(client)).toEqual([1, 2])
        expect((await client.query('commit')).command).toBe('COMMIT')
      })
    }
  })

  it('refuses noise in bounded time, writes nothing, and shows nothing of it in an error', {
    timeout: 120_000,
  }, async () => {
    const before = await proofs()
    const noise = Array.from({ length: 500 }, (_, index) => noiseOf(index))
    const good = await db.mint()
    const cut = Array.from({ length: 300 }, (_, index) => good.slice(0, index + 1))
    const large = ['A'.repeat(16_384), 'A'.repeat(16_385), 'é'.repeat(100_000), '\u{1d4b2}'.repeat(16_000), `${good}\n`]
    const started = performance.now()
    for (const verdict of await verdictsOf(db.owner, [...noise, ...cut, ...large])) {
      expect(verdict).toMatch(/^(malformed_token|limits_exceeded|unsupported_shape|invalid_signature)$/)
    }
    expect(performance.now() - started).toBeLessThan(60_000)
    expect(await proofs()).toBe(before)
    for (const token of [
      ...noise.slice(0, 20),
      good.slice(0, -8),
      good.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      ...cut.slice(-3),
    ]) {
      const error = await inTransaction(db.app, (client) => present(client, token)).catch((thrown) => thrown)
      const told = JSON.stringify({ ...error, message: error.message })
      expect(error.code).toBe('28W00')
      for (let at = 0; at + 12 <= Math.min(token.length, 200); at += 4)
        expect(told).not.toContain(token.slice(at, at + 12))
    }
  })

  it('refuses ten thousand tokens in a loop', { timeout: 120_000 }, async () => {
    const good = await db.mint()
    const tokens = Array.from({ length: 10_000 }, (_, index) => `${good.slice(0, 40)}${noiseOf(index).slice(0, 300)}`)
    const started = performance.now()
    const verdicts = await verdictsOf(db.owner, tokens)
    expect(verdicts.filter((verdict) => typeof verdict !== 'string')).toEqual([])
    expect(performance.now() - started).toBeLessThan(100_000)
  })

  it('takes tokens from the header of PostgREST, and tells the caller no more than a guard does', async () => {
    const acme = await db.mint()
    const customers = await db.mint({ resource: 'customers' })
    const withHeaders = (headers: string | undefined) =>
      inTransaction(db.app, async (client) => {
        if (headers !== undefined) await client.query("select set_config('request.headers', $1, true)", [headers])
        const code = await codeOf(client.query('select writ.pre_request()'))
        return code === 'no error' ? shown(client) : code
      })
    const header = (value: string) => JSON.stringify({ 'x-writ-capability': value, accept: '*/*' })
    expect(await withHeaders(undefined)).toEqual([])
    expect(await withHeaders('{}')).toEqual([])
    expect(await withHeaders(header(acme))).toEqual([1, 2])
    expect(await withHeaders(header(`${customers}, ${acme}`))).toEqual([1, 2])
    expect(await withHeaders(header('nonsense'))).toBe('malformed_token')
    expect(await withHeaders(header(await db.mint({ rootKeyId: 99 })))).toBe('invalid_signature')
    expect(await withHeaders(header(await db.mint({ expiresIn: 1, now: () => 1_700_000_000 })))).toBe('expired')
  })

  it('counts nothing that was presented once the secret is another, or gone', async () => {
    const token = await db.mint()
    await inTransaction(db.owner, async (client) => {
      await present(client, token)
      const ask = 'select writ.subject() as subject'
      expect((await client.query(ask)).rows).toEqual([{ subject: 'alice' }])
      await client.query('select writ.rotate_secret()')
      expect((await client.query(ask)).rows).toEqual([{ subject: null }])
      await client.query('delete from writ.secret')
      expect((await client.query(ask)).rows).toEqual([{ subject: null }])
      await client.query("select set_config('writ.session', $1, true)", [`${'0'.repeat(64)} {}`])
      expect((await client.query(ask)).rows).toEqual([{ subject: null }])
    })
  })
})

/** Text of 16 KiB in the alphabet of tokens, the same in every run. */
function noiseOf(seed: number): string {
  let state = seed + 1
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  let text = ''
  for (let index = 0; index < 16_380; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    text += alphabet[(state >> 16) & 63]
  }
  return text
}
