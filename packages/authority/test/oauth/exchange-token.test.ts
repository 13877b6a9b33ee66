import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintIdentityFor } from '../../src/enrol/mint-identity-for.ts'
import { putPolicy } from '../../src/policy/put-policy.ts'
import { openParts, type TestParts } from '../oidc/support/open-parts.ts'
import { startIssuer, type TestIssuer } from '../oidc/support/start-issuer.ts'
import { createSqlite, type TestDatabase } from '../store/open-databases.ts'
import { serveBilling, serveOAuth, type TestServer } from './support/serve-oauth.ts'

const NOW = Math.floor(Date.now() / 1000)
const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const TYPE = 'urn:ietf:params:oauth:token-type:'
const IDENTITY = 'urn:writ:token-type:identity'
const insecure = { [oauth.allowInsecureRequests]: true }
const client: oauth.Client = { client_id: 'job' }

let issuer: TestIssuer
let database: TestDatabase
let parts: TestParts
let authority: TestServer
let billing: TestServer

const policy = (resource: string) => `
[[objects]]
id = "ci:acme:deploy"
capabilities = [
  { target = "invoices", operations = ["read"], max_ttl = 60 },
  { target = "payouts", operations = ["read"], anchor = "service:payouts" },
]
[[objects]]
id = "service:billing"
resource = "${resource}"
[[objects]]
id = "service:payouts"
[[issuers]]
id = "jobs"
issuer = "${issuer.url}"
audience = "writ"
owner_claims = ["repository_owner_id"]
[[exchange_rules]]
issuer = "jobs"
match = { repository_owner_id = "1234" }
subject = "ci:acme:deploy"
`
const schema = `
[[targets]]
id = "invoices"
operations = [{ name = "read", designations = { required = ["tenantId"] } }]
[[targets]]
id = "payouts"
operations = [{ name = "read" }]
`

beforeAll(async () => {
  issuer = await startIssuer()
  database = await createSqlite()
  parts = await openParts(database, { policy: '' }, NOW)
  authority = await serveOAuth(parts)
  const { keys, etag } = await parts.rules.current()
  billing = await serveBilling(authority.url, keys.root.publicKey)
  await putPolicy(parts, { policy: policy(billing.url), schema, ifMatch: etag, author: 'admin' })
})

afterAll(async () => {
  issuer.stop()
  authority.stop()
  billing.stop()
  await parts.close()
  await database.remove()
})

const assertion = (more: object = {}) =>
  issuer.sign({
    iss: issuer.url,
    aud: 'writ',
    iat: NOW,
    exp: NOW + 300,
    jti: crypto.randomUUID(),
    repository_owner_id: '1234',
    ...more,
  })

const identity = async () => (await mintIdentityFor(parts, { subject: 'ci:acme:deploy' })).identity

const details = (designations: object, more: object = {}) =>
  JSON.stringify([{ type: 'writ_capability', designations, ...more }])

/** A form that is taken, but for what is changed. */
const form = async (change: Record<string, string | readonly string[] | undefined> = {}) => {
  const params = new URLSearchParams()
  const members = {
    grant_type: GRANT,
    subject_token: await identity(),
    subject_token_type: IDENTITY,
    scope: 'invoices:read',
    authorization_details: details({ tenantId: 'acme' }),
    ...change,
  }
  for (const [name, value] of Object.entries(members)) {
    for (const one of value === undefined ? [] : [value].flat()) params.append(name, one)
  }
  return params
}

const post = async (body: URLSearchParams) => fetch(`${authority.url}/oauth/token`, { method: 'POST', body })

const discover = async () => {
  const issuerUrl = new URL(authority.url)
  const response = await oauth.discoveryRequest(issuerUrl, { algorithm: 'oauth2', ...insecure })
  return oauth.processDiscoveryResponse(issuerUrl, response)
}

describe('an OAuth client', () => {
  it('goes from the challenge of a service to a capability that the service takes', async () => {
    const refused = await fetch(`${billing.url}/acme/invoices`)
    expect(refused.status).toBe(401)
    const challenge = refused.headers.get('www-authenticate') ?? ''
    expect(challenge).toContain(`resource_metadata="${billing.url}/.well-known/oauth-protected-resource"`)
    const scope = /scope="([^"]+)"/.exec(challenge)?.[1] ?? ''

    const resource = new URL(billing.url)
    const discovered = await oauth.resourceDiscoveryRequest(resource, insecure)
    const found = await oauth.processResourceDiscoveryResponse(resource, discovered)
    expect(found).toEqual({
      resource: billing.url,
      authorization_servers: [authority.url],
      scopes_supported: ['invoices:read'],
      bearer_methods_supported: ['header'],
      authorization_details_types_supported: ['writ_capability'],
    })

    const server = await discover()
    const parameters = {
      subject_token: await assertion(),
      subject_token_type: `${TYPE}jwt`,
      resource: billing.url,
      scope,
      authorization_details: details({ tenantId: 'acme' }),
    }
    const response = await oauth.genericTokenEndpointRequest(server, client, oauth.None(), GRANT, parameters, insecure)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const answer = await oauth.processGenericTokenEndpointResponse(server, client, response)
    expect(answer).toMatchObject({
      issued_token_type: `${TYPE}access_token`,
      token_type: 'bearer',
      expires_in: 60,
      scope: 'invoices:read',
      authorization_details: [
        {
          type: 'writ_capability',
          identifier: 'invoices',
          actions: ['read'],
          locations: ['service:billing'],
          designations: { tenantId: 'acme' },
        },
      ],
    })
    expect(answer).not.toHaveProperty('refresh_token')

    const use = (path: string) =>
      oauth.protectedResourceRequest(answer.access_token, 'GET', new URL(path, billing.url), undefined, null, insecure)
    expect(await (await use('/acme/invoices')).json()).toEqual({ subject: 'ci:acme:deploy' })
    const other = await fetch(`${billing.url}/globex/invoices`, {
      headers: { authorization: `Bearer ${answer.access_token}` },
    })
    expect(other.status).toBe(403)
  })

  it('is told the reason by the code of an error', async () => {
    const server = await discover()
    const parameters = { subject_token: await assertion(), subject_token_type: `${TYPE}jwt`, scope: 'invoices:write' }
    const response = await oauth.genericTokenEndpointRequest(server, client, oauth.None(), GRANT, parameters, insecure)
    const error = await oauth.processGenericTokenEndpointResponse(server, client, response).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(oauth.ResponseBodyError)
    expect([error.error, error.status]).toEqual(['invalid_scope', 400])
  })
})

describe('the token endpoint', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['a JWT', assertion, `${TYPE}jwt`],
    ['an id token', assertion, `${TYPE}id_token`],
    ['an access token that is a JWT', assertion, `${TYPE}access_token`],
    ['an identity', identity, IDENTITY],
    ['an access token that is an identity', identity, `${TYPE}access_token`],
  ])('takes %s', async (_, token, subject_token_type) => {
    const response = await post(await form({ subject_token: await token(), subject_token_type }))
    expect(response.status).toBe(200)
  })

  it('gives an identity for a JWT, if that is what is asked for', async () => {
    const request = {
      subject_token: await assertion(),
      subject_token_type: `${TYPE}jwt`,
      requested_token_type: IDENTITY,
    }
    const response = await post(await form({ ...request, scope: undefined, authorization_details: undefined }))
    const answer = (await response.json()) as { access_token: string }
    expect(answer).toMatchObject({ issued_token_type: IDENTITY, token_type: 'Bearer', expires_in: 3600 })
    const { identities } = await parts.rules.current()
    expect((await identities.verify(answer.access_token)).subject).toBe('ci:acme:deploy')
  })

  it('takes the right from authorization details alone', async () => {
    const authorization_details = details({ tenantId: 'acme' }, { identifier: 'invoices', actions: ['read'] })
    const response = await post(await form({ scope: undefined, authorization_details }))
    expect(await response.json()).toMatchObject({ scope: 'invoices:read' })
  })

  it('ignores parameters that it does not know, and those without a value', async () => {
    expect((await post(await form({ client_id: 'x', foo: 'y', requested_token_type: '', resource: '' }))).status).toBe(
      200,
    )
  })

  it('takes the name and the URL of one service for the same', async () => {
    const places = { resource: billing.url, audience: ['service:billing', 'service:billing'] }
    expect((await post(await form(places))).status).toBe(200)
  })

  it.each<[string, Record<string, string | readonly string[] | undefined>, string]>([
    ['no grant type', { grant_type: undefined }, 'invalid_request'],
    ['another grant type', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    ['two grant types', { grant_type: [GRANT, GRANT] }, 'invalid_request'],
    ['no subject token', { subject_token: undefined }, 'invalid_request'],
    ['no type of the subject token', { subject_token_type: undefined }, 'invalid_request'],
    ['a subject token of an unknown type', { subject_token_type: `${TYPE}saml2` }, 'invalid_request'],
    ['a subject token of a type that is inherited', { subject_token_type: 'constructor' }, 'invalid_request'],
    ['a subject token that is none', { subject_token: 'mallory' }, 'invalid_request'],
    ['an identity as a JWT', { subject_token_type: `${TYPE}jwt` }, 'invalid_request'],
    ['an actor token', { actor_token: 'x', actor_token_type: IDENTITY }, 'invalid_request'],
    ['a refresh token', { requested_token_type: `${TYPE}refresh_token` }, 'invalid_request'],
    ['an identity for an identity', { requested_token_type: IDENTITY }, 'invalid_request'],
    ['no scope', { scope: undefined }, 'invalid_scope'],
    ['two scopes', { scope: 'invoices:read payouts:read' }, 'invalid_scope'],
    ['a scope twice', { scope: ['invoices:read', 'invoices:read'] }, 'invalid_request'],
    ['a scope without an operation', { scope: 'invoices' }, 'invalid_scope'],
    ['a scope with an empty operation', { scope: 'invoices:' }, 'invalid_scope'],
    ['a scope with a quote', { scope: 'invoices:"read' }, 'invalid_scope'],
    ['a very long scope', { scope: `invoices:${'x'.repeat(300)}` }, 'invalid_scope'],
    ['a scope that nobody granted', { scope: 'invoices:write' }, 'invalid_scope'],
    ['a target that nobody knows', { scope: '__proto__:read' }, 'invalid_scope'],
    ['an unknown service', { resource: 'https://mallory.example' }, 'invalid_target'],
    ['a service that goes on', { audience: 'service:billing2' }, 'invalid_target'],
    ['two services', { audience: ['service:billing', 'service:payouts'] }, 'invalid_target'],
    [
      'another service than that of the policy',
      { scope: 'payouts:read', authorization_details: undefined, audience: 'service:billing' },
      'invalid_target',
    ],
    ['no object where one is required', { authorization_details: undefined }, 'invalid_authorization_details'],
    ['an unknown label', { authorization_details: details({ tenant: 'acme' }) }, 'invalid_authorization_details'],
    [
      'an object called __proto__',
      { authorization_details: '[{"type":"writ_capability","designations":{"tenantId":"acme","__proto__":"x"}}]' },
      'invalid_authorization_details',
    ],
    [
      'a value that is a list',
      { authorization_details: details({ tenantId: ['acme'] }) },
      'invalid_authorization_details',
    ],
    ['designations that are a list', { authorization_details: details(['acme']) }, 'invalid_authorization_details'],
    ['details of another type', { authorization_details: '[{"type":"payment"}]' }, 'invalid_authorization_details'],
    ['details that are no list', { authorization_details: '{}' }, 'invalid_authorization_details'],
    [
      'two details',
      { authorization_details: '[{"type":"writ_capability"},{"type":"writ_capability"}]' },
      'invalid_authorization_details',
    ],
    ['details that are no JSON', { authorization_details: '[' }, 'invalid_authorization_details'],
    ['deep details', { authorization_details: '['.repeat(10_000) }, 'invalid_authorization_details'],
    [
      'long details',
      { authorization_details: details({ tenantId: 'x'.repeat(20_000) }) },
      'invalid_authorization_details',
    ],
    [
      'an unknown member of details',
      { authorization_details: details({ tenantId: 'acme' }, { datatypes: ['a'] }) },
      'invalid_authorization_details',
    ],
    [
      'details of another target than the scope',
      { authorization_details: details({ tenantId: 'acme' }, { identifier: 'payouts' }) },
      'invalid_authorization_details',
    ],
  ])('refuses %s', async (_, change, code) => {
    const response = await post(await form(change))
    const body = (await response.json()) as { error: string; error_description: string }
    expect([response.status, body.error]).toEqual([400, code])
    // RFC 6749 section 5.2: nothing that would end a quoted string.
    expect(body.error_description).toMatch(/^[ !#-[\]-~]+$/)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('exchanges a JWT once, of twenty times at the same moment', async () => {
    const body = await form({ subject_token: await assertion(), subject_token_type: `${TYPE}jwt` })
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await post(body)).status))
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 19 }, () => 400)])
  })

  it('asks to come back when the issuer may have a new key', async () => {
    await post(await form({ subject_token: await assertion(), subject_token_type: `${TYPE}jwt` }))
    await issuer.rotate()
    const response = await post(await form({ subject_token: await assertion(), subject_token_type: `${TYPE}jwt` }))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
  })

  it('leaves a lineage from the JWT to the capability', async () => {
    await post(await form())
    const rows = await parts.store.read((query) =>
      query
        .selectFrom('tokens as capability')
        .innerJoin('tokens as identity', 'identity.id', 'capability.parent')
        .select(['identity.kind as of', 'capability.kind as kind', 'capability.target as target'])
        .limit(1)
        .execute(),
    )
    expect(rows.map((row) => ({ ...row }))).toEqual([{ of: 'identity', kind: 'capability', target: 'invoices' }])
  })
})
