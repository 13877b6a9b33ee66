import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exchangeAssertion } from '../../src/oidc/exchange-assertion.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { claimsOf, NOW, policyOf, REFUSED } from './support/jobs.ts'
import { openParts, type TestParts } from './support/open-parts.ts'
import { startIssuer, type TestIssuer } from './support/start-issuer.ts'

let issuer: TestIssuer

beforeAll(async () => {
  issuer = await startIssuer()
})

afterAll(() => issuer.stop())

const claims = (more: object = {}) => claimsOf(issuer, more)

describe.each(await listDatabases())('the exchange of an assertion, database %#', (create) => {
  let database: TestDatabase
  let parts: TestParts

  beforeEach(async () => {
    database = await create()
    parts = await openParts(database, { policy: policyOf(issuer) }, NOW)
  })

  afterEach(async () => {
    await parts.close()
    await database.remove()
  })

  const audit = () =>
    parts.store.read((query) =>
      query
        .selectFrom('audit')
        .select(['kind', 'decision', 'subject', 'revocation_id', 'detail'])
        .where('kind', 'in', ['assertion.exchanged', 'identity.minted'])
        .orderBy('sequence')
        .execute(),
    )

  it.each(['RS256', 'ES256'] as const)('gives the identity of the subject that the rules name, for %s', async (alg) => {
    const token = await issuer.sign(claims(), { alg })
    const { identity, subject, expiresAt } = await exchangeAssertion(parts, { token })
    expect([subject, expiresAt]).toEqual(['ci:acme:deploy', NOW + 300])
    const { identities } = await parts.rules.current()
    expect((await identities.verify(identity)).subject).toBe('ci:acme:deploy')
  })

  it('leaves a row of what was minted, and records without the token', async () => {
    const token = await issuer.sign(claims())
    await exchangeAssertion(parts, { token })
    const [row] = await parts.store.read((query) => query.selectFrom('tokens').selectAll().execute())
    expect({ ...row }).toMatchObject({
      kind: 'identity',
      subject: 'ci:acme:deploy',
      expires_at: NOW + 300,
      parent: null,
    })
    const records = await audit()
    expect(
      records.map(({ kind, decision, subject, revocation_id }) => [kind, decision, subject, revocation_id]),
    ).toEqual([
      ['assertion.exchanged', 'allowed', 'ci:acme:deploy', row?.id],
      ['identity.minted', 'allowed', 'ci:acme:deploy', row?.id],
    ])
    expect(JSON.stringify(records)).not.toContain(token.split('.')[2])
  })

  it('happens once, of twenty times at the same moment', async () => {
    const token = await issuer.sign(claims())
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => exchangeAssertion(parts, { token })))
    const refusals = tries.flatMap((tried) => (tried.status === 'rejected' ? [tried.reason] : []))
    expect(refusals).toHaveLength(19)
    for (const refusal of refusals) expect(refusal).toMatchObject(REFUSED)
    const rows = await parts.store.read((query) => query.selectFrom('tokens').select('id').execute())
    expect(rows).toHaveLength(1)
  })

  it('happens once without an id, whatever the signature looks like', async () => {
    const said = claims({ jti: undefined })
    const [one, again] = [await issuer.sign(said, { alg: 'ES256' }), await issuer.sign(said, { alg: 'ES256' })]
    expect(one).not.toBe(again)
    await exchangeAssertion(parts, { token: one })
    await expect(exchangeAssertion(parts, { token: again })).rejects.toMatchObject(REFUSED)
  })

  it('stays done when the clock is set back, after others were exchanged', async () => {
    const token = await issuer.sign(claims())
    await exchangeAssertion(parts, { token })
    parts.at(NOW + 3600)
    await exchangeAssertion(parts, { token: await issuer.sign(claims({ iat: NOW + 3600, nbf: NOW, exp: NOW + 3700 })) })
    parts.at(NOW)
    await expect(exchangeAssertion(parts, { token })).rejects.toMatchObject(REFUSED)
  })

  it('forgets assertions that have long expired', async () => {
    await exchangeAssertion(parts, { token: await issuer.sign(claims()) })
    parts.at(NOW + 200_000)
    const later = claims({ iat: NOW + 200_000, exp: NOW + 200_100 })
    await exchangeAssertion(parts, { token: await issuer.sign(later) })
    expect(await parts.store.read((query) => query.selectFrom('assertions').selectAll().execute())).toHaveLength(1)
  })

  it('takes an end that no number of the database holds', async () => {
    const { subject } = await exchangeAssertion(parts, { token: await issuer.sign(claims({ exp: 1e300 })) })
    expect(subject).toBe('ci:acme:deploy')
  })

  it('puts a claim into the subject', async () => {
    const token = await issuer.sign(claims({ ref: 'refs/heads/next', environment: 'staging' }))
    expect((await exchangeAssertion(parts, { token })).subject).toBe('ci:acme:env:staging')
  })

  it('is refused for a subject whose name is revoked', async () => {
    await parts.store.transact((transaction) =>
      transaction.query
        .insertInto('revocations')
        .values({
          sequence: 1,
          time_ms: NOW * 1000,
          type: 'actor',
          value: 'ci:acme',
          issued_before: null,
          expires_at: NOW + 9999,
          reason: null,
          hash: '',
        })
        .execute(),
    )
    await expect(exchangeAssertion(parts, { token: await issuer.sign(claims()) })).rejects.toMatchObject(REFUSED)
  })

  it('is refused by rules that came into force while the issuer was asked', async () => {
    const token = await issuer.sign(claims())
    const { act } = parts.rules
    const racing = {
      ...parts,
      rules: {
        ...parts.rules,
        act: async (...acts: Parameters<typeof act>) => {
          await parts.use(policyOf(issuer).replaceAll('"1234"', '"99"'))
          return act(...acts)
        },
      } as typeof parts.rules,
    }
    await expect(exchangeAssertion(racing, { token })).rejects.toMatchObject(REFUSED)
  })

  it('records refusals once a minute, with their number, and nothing of what strangers sent', async () => {
    const refuse = async () =>
      exchangeAssertion(parts, { token: await issuer.sign(claims({ aud: 'x' })) }).catch(() => {})
    for (let tries = 0; tries < 5; tries++) await refuse()
    parts.at(NOW + 61)
    await refuse()
    const records = await audit()
    expect(records.map(({ kind, decision, detail }) => [kind, decision, detail])).toEqual([
      ['assertion.exchanged', 'refused', '{"code":"refused_credential","count":1}'],
      ['assertion.exchanged', 'refused', '{"code":"refused_credential","count":5}'],
    ])
  })
})
