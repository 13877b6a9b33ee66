import { revocationIds } from '@writ/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DATABASES } from './support/databases.ts'
import { type StartedLedger, startLedger } from './support/start-ledger.ts'

const INITECH = { id: 1001, tenantId: 'acme', customer: 'Initech', amountCents: 12_000, currency: 'EUR' }
const HOOLI = { id: 1002, tenantId: 'acme', customer: 'Hooli', amountCents: 4950, currency: 'EUR' }
const UMBRELLA = { id: 1003, tenantId: 'globex', customer: 'Umbrella', amountCents: 880_000, currency: 'USD' }

const EVERYTHING = "%' or true --"
const ACCOUNTS = "%' and false union select 0, tenant_id, iban, 0, '' from accounts --"
/** Columns of a row that an injected expression fills. */
const select = (expression: string) => `%' and false union select 0, '', (${expression})::text, 0, '' --`

describe.each(DATABASES)('the ledger on $name, guarded by its database', (kind) => {
  let ledger: StartedLedger
  let token: string
  beforeAll(async () => {
    ledger = await startLedger(kind, true)
    token = await ledger.tokenFor('acme')
  }, 60_000)
  afterAll(() => ledger?.close())

  it('a search finds what the capability names', async () => {
    expect(await ledger.search(token, 'acme', 'init')).toMatchObject({ status: 200, body: { invoices: [INITECH] } })
  })

  it('a list that forgets its condition shows what the capability names', async () => {
    const globex = await ledger.tokenFor('globex')
    expect((await ledger.call('GET', '/acme/invoices', { token })).body).toEqual({ invoices: [INITECH, HOOLI] })
    expect((await ledger.call('GET', '/globex/invoices', { token: globex })).body).toEqual({ invoices: [UMBRELLA] })
  })

  it('an injection that removes the condition shows no invoice of another tenant', async () => {
    expect((await ledger.search(token, 'acme', EVERYTHING)).body).toEqual({ invoices: [INITECH, HOOLI] })
  })

  it('an injection that reads another table shows nothing of it, also of the own tenant', async () => {
    expect((await ledger.search(token, 'acme', ACCOUNTS)).body).toEqual({ invoices: [] })
  })

  it.each([
    ['the secret of the schema', 'select inner_key from writ.secret'],
    ['the tokens that are remembered', 'select claims from writ.proofs limit 1'],
    ['the keys', 'select public_key from writ.keys limit 1'],
  ])('an injection that reads %s is not permitted', async (_what, statement) => {
    const detail = 'the database does not permit it'
    expect(await ledger.search(token, 'acme', select(statement))).toMatchObject({ status: 403, body: { detail } })
  })

  it.each([
    ['forges what was presented', "set_config('writ.session', repeat('0', 64) || ' {}', false)"],
    ['takes another role', "set_config('role', 'none', false)"],
    ['takes the role of the owner', "set_config('session_authorization', 'default', false)"],
    ['turns row level security off', "set_config('row_security', 'off', true)"],
  ])('an injection that %s shows nothing of others, now or later', async (_what, expression) => {
    const answer = await ledger.search(token, 'acme', select(expression))
    expect(JSON.stringify(answer.body)).not.toContain('globex')
    for (let again = 0; again < 12; again++) {
      expect((await ledger.search(token, 'acme', EVERYTHING)).body).toEqual({ invoices: [INITECH, HOOLI] })
    }
  })

  it('a second statement cannot be injected', async () => {
    const answer = await ledger.search(token, 'acme', "'; reset role; select * from invoices --")
    expect(answer).toMatchObject({ status: 500, body: { title: 'Internal Server Error' } })
    expect(answer.body.detail).toBeUndefined()
  })

  it('a capability of one tenant opens no path of another', async () => {
    const answer = await ledger.search(token, 'globex', '')
    expect(answer).toMatchObject({ status: 403, body: { code: 'wrong_designation' } })
    expect(await ledger.call('GET', '/acme/invoices')).toMatchObject({ status: 401 })
  })

  it('an invoice is added by a capability to write, which shows none', async () => {
    const write = await ledger.tokenFor('initech', 'ledger.invoices', 'write')
    const body = { customer: 'Acme', amountCents: 7, currency: 'EUR' }
    expect(await ledger.call('POST', '/initech/invoices', { token: write, body })).toMatchObject({ status: 201 })
    expect(await ledger.call('GET', '/initech/invoices', { token: write })).toMatchObject({
      status: 403,
      body: { code: 'wrong_operation' },
    })
    const read = await ledger.tokenFor('initech')
    const { invoices } = (await ledger.call('GET', '/initech/invoices', { token: read })).body
    expect(invoices).toMatchObject([{ tenantId: 'initech', customer: 'Acme', amountCents: 7 }])
    expect(await ledger.call('POST', '/initech/invoices', { token: write, body: {} })).toMatchObject({ status: 400 })
  })

  it('an account is shown by a capability for it', async () => {
    const account = await ledger.tokenFor('acme', 'ledger.accounts')
    const answer = await ledger.call('GET', '/acme/account', { token: account })
    expect(answer).toMatchObject({ status: 200, body: { iban: 'DE02120300000000202051' } })
    expect(await ledger.call('GET', '/acme/account', { token })).toMatchObject({ body: { code: 'wrong_resource' } })
  })

  it('what only the database knows to be revoked is refused as a guard would', async () => {
    const revoked = await ledger.tokenFor('acme')
    await ledger.owner.query('select writ.revoke($1)', [revocationIds(revoked)[0]])
    const answer = await ledger.search(revoked, 'acme', '')
    expect(answer).toMatchObject({ status: 403, body: { code: 'revoked', type: 'urn:writ:problem:revoked' } })
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  })

  it('no log has a token or what the database says about one', async () => {
    await ledger.search(token, 'acme', "'")
    expect(JSON.stringify(ledger.log)).not.toContain(token.slice(20, 60))
  })
})

describe.each(DATABASES)('the ledger on $name, with a database that shows everything', (kind) => {
  let ledger: StartedLedger
  let token: string
  beforeAll(async () => {
    ledger = await startLedger(kind, false)
    token = await ledger.tokenFor('acme')
  }, 60_000)
  afterAll(() => ledger?.close())

  it('a search finds what its condition says', async () => {
    expect((await ledger.search(token, 'acme', 'init')).body).toEqual({ invoices: [INITECH] })
  })

  it('an injection, and a forgotten condition, show the invoices of all tenants', async () => {
    const all = { invoices: [INITECH, HOOLI, UMBRELLA] }
    expect((await ledger.search(token, 'acme', EVERYTHING)).body).toEqual(all)
    expect((await ledger.call('GET', '/acme/invoices', { token })).body).toEqual(all)
  })

  it('an injection shows the accounts of all tenants', async () => {
    const { invoices } = (await ledger.search(token, 'acme', ACCOUNTS)).body
    expect(invoices).toHaveLength(2)
    expect(invoices).toContainEqual(expect.objectContaining({ tenantId: 'globex', customer: 'DE02500105170137075030' }))
  })
})
