import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchangeAssertion } from '../../src/oidc/exchange-assertion.ts'
import { createSqlite, type TestDatabase } from '../store/open-databases.ts'
import { AUDIENCE, claimsOf, NOW, policyOf, REFUSED } from './support/jobs.ts'
import { openParts, type TestParts } from './support/open-parts.ts'
import { startIssuer, type TestIssuer } from './support/start-issuer.ts'

let issuer: TestIssuer
let database: TestDatabase
let parts: TestParts

beforeAll(async () => {
  issuer = await startIssuer()
  database = await createSqlite()
  parts = await openParts(database, { policy: policyOf(issuer) }, NOW)
})

afterAll(async () => {
  issuer.stop()
  await parts.close()
  await database.remove()
})

const claims = (more: object = {}) => claimsOf(issuer, more)

describe('the exchange of an assertion', () => {
  it.each<[string, () => object]>([
    ['another audience', () => ({ aud: 'https://other.example' })],
    ['an audience that goes on', () => ({ aud: `${AUDIENCE}/x` })],
    ['an audience with a slash', () => ({ aud: `${AUDIENCE}/` })],
    ['a second audience', () => ({ aud: [AUDIENCE, 'https://other.example'] })],
    ['no audience', () => ({ aud: undefined })],
    ['another issuer', () => ({ iss: 'https://other.example' })],
    ['an issuer that goes on', () => ({ iss: `${issuer.url}.mallory.example` })],
    ['an issuer with a slash', () => ({ iss: `${issuer.url}/` })],
    ['an issuer that is a list', () => ({ iss: [issuer.url] })],
    ['no issuer', () => ({ iss: undefined })],
    ['an age of more than ten minutes', () => ({ iat: NOW - 606, nbf: NOW - 606 })],
    ['no time of issue', () => ({ iat: undefined })],
    ['a time of issue that is to come', () => ({ iat: NOW + 60 })],
    ['a begin that is to come', () => ({ nbf: NOW + 60 })],
    ['an end that is past', () => ({ exp: NOW - 6 })],
    ['no end', () => ({ exp: undefined })],
    ['an end that is a text', () => ({ exp: String(NOW + 300) })],
    ['an id that is a list', () => ({ jti: ['a'] })],
    ['another owner', () => ({ repository_owner_id: '666' })],
    ['an owner that is a list', () => ({ repository_owner_id: ['1234'] })],
    ['a branch that goes on', () => ({ ref: 'refs/heads/main2' })],
    ['a pull request', () => ({ event_name: 'pull_request' })],
    ['a claim that has a colon', () => ({ ref: 'refs/heads/next', environment: 'a:b' })],
    ['a claim that has a line break', () => ({ ref: 'refs/heads/next', environment: 'a\nb' })],
    ['a claim that is missing', () => ({ ref: 'refs/heads/next' })],
    [
      'a claim called __proto__ for the ones that matter',
      () => JSON.parse('{"repository_owner_id":null,"__proto__":{"repository_owner_id":"1234"}}'),
    ],
  ])('is refused for %s', async (_, change) => {
    const token = await issuer.sign(claims(change()))
    await expect(exchangeAssertion(parts, { token })).rejects.toMatchObject(REFUSED)
    expect(await parts.store.read((query) => query.selectFrom('tokens').selectAll().execute())).toEqual([])
  })

  it('is refused without a signature, and with one by the public key as a secret', async () => {
    const unsigned = new UnsecuredJWT(claims()).encode()
    const secret = new TextEncoder().encode(await issuer.publicKey())
    const confused = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(secret)
    const token = await issuer.sign(claims())
    const [header, payload, signature = ''] = token.split('.')
    const other = Buffer.from(JSON.stringify(claims({ sub: 'x' }))).toString('base64url')
    const forged = [
      `${header}.${other}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.slice(4)}`,
    ]
    const texts = [
      '',
      '.',
      '..',
      'a.b.c',
      `${token}.x`,
      ` ${token}`,
      'x'.repeat(1_000_000),
      `${token}${'A'.repeat(20_000)}`,
    ]
    for (const wrong of [unsigned, confused, ...forged, ...texts]) {
      await expect(exchangeAssertion(parts, { token: wrong })).rejects.toMatchObject(REFUSED)
    }
  })

  it.each<[string, object]>([
    ['of a logout', { typ: 'logout+jwt' }],
    ['of a proof of possession', { typ: 'dpop+jwt' }],
  ])('is refused for a token %s', async (_, header) => {
    const token = await issuer.sign(claims(), { header })
    await expect(exchangeAssertion(parts, { token })).rejects.toMatchObject(REFUSED)
  })

  it('is refused by a key that the token itself brings', async () => {
    const { kid = '' } = decodeProtectedHeader(await issuer.sign(claims(), { alg: 'ES256' }))
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const header = { alg: 'ES256', kid, jwk: await exportJWK(publicKey), jku: 'https://mallory.example/keys' }
    const token = await new SignJWT(claims()).setProtectedHeader(header).sign(privateKey)
    await expect(exchangeAssertion(parts, { token })).rejects.toMatchObject(REFUSED)
  })
})
