import { createVerifier, delegateIdentity, inspect, revocationIds } from '@writ/core'
import { describe, expect, it } from 'vitest'
import { firstSecretOf, POLICY, serveTest } from './support/serve.ts'

describe('identities', () => {
  it('are minted once for an enrolment secret, and renewed', async () => {
    const { ask, authority } = await serveTest()
    const { secret } = await authority.enrol({ subject: 'service:gateway' })
    const first = await ask('POST', '/v1/identities', { body: { secret } })
    expect(first.status).toBe(200)
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(first.body).toMatchObject({ subject: 'service:gateway' })
    expect(await inspect(first.body.identity, await authority.publicKey())).toMatchObject({ kind: 'identity' })
    const again = await ask('POST', '/v1/identities', { body: { secret } })
    expect([again.status, again.body.code]).toEqual([401, 'refused_credential'])
    const renewed = await ask('POST', '/v1/identities/refresh', { token: first.body.identity })
    expect([renewed.status, renewed.body.subject]).toEqual([200, 'service:gateway'])
  })

  it('of any subject are minted by an administrator, and enrolments made', async () => {
    const { ask, adminFor } = await serveTest()
    const token = await adminFor('authority.identities', 'mint')
    const minted = await ask('POST', '/v1/identities/subjects', { token, body: { subject: 'agent:alice' } })
    expect([minted.status, minted.body.subject]).toEqual([200, 'agent:alice'])
    const enrolled = await ask('POST', '/v1/enrolments', {
      token: await adminFor('authority.enrolments', 'write'),
      body: { subject: 'service:gateway' },
    })
    expect(enrolled.status).toBe(200)
    const identity = await ask('POST', '/v1/identities', { body: { secret: enrolled.body.secret } })
    expect(identity.body.subject).toBe('service:gateway')
  })

  it('the first secret is for the administrator, and only the first start makes one', async () => {
    const service = await serveTest()
    const identity = await service.ask('POST', '/v1/identities', {
      body: { secret: (await firstSecretOf(service)).trim() },
    })
    expect(identity.body.subject).toBe('admin')
  })
})

describe('ending an identity', () => {
  it('needs the identity alone, and takes names that it may speak as', async () => {
    const { ask, authority, identityOf } = await serveTest()
    const keys = new Map([[1, await authority.publicKey()]])
    const token = await identityOf('agent:alice')
    const job = await delegateIdentity(token, keys, { identity: 'agent:alice:job' })
    const read = { token: job, body: { target: 'crm', operation: 'read' } }
    expect((await ask('POST', '/v1/capabilities', read)).status).toBe(200)
    const sibling = { token: job, body: { names: ['agent:alice:other'] } }
    const refused = await ask('POST', '/v1/identities/end', sibling)
    expect([refused.status, refused.body.code]).toEqual([422, 'invalid_request'])
    const ended = await ask('POST', '/v1/identities/end', { token, body: { names: ['agent:alice:job'] } })
    expect([ended.status, ended.body]).toEqual([200, { sequence: 2, added: 2 }])
    expect((await ask('POST', '/v1/capabilities', read)).status).toBe(401)
    expect((await ask('POST', '/v1/identities/end', { token, body: {} })).body).toEqual({ sequence: 3, added: 1 })
    expect((await ask('POST', '/v1/identities/end', { token, body: {} })).status).toBe(401)
  })

  it.each([[{ names: [] }], [{ names: 'agent:alice:job' }], [{ name: 'agent:alice:job' }]])(
    'takes no body of another form: %j',
    async (body) => {
      const { ask, identityOf } = await serveTest()
      const { status } = await ask('POST', '/v1/identities/end', { token: await identityOf('agent:alice'), body })
      expect(status).toBe(422)
    },
  )
})

describe('capabilities', () => {
  it('are minted for an identity, and accepted by a verifier with the public key alone', async () => {
    const { ask, authority, identityOf } = await serveTest()
    const token = await identityOf('service:gateway')
    const request = {
      target: 'invoices',
      operation: 'read',
      designations: { tenantId: 'acme' },
      anchor: 'service:billing',
    }
    const { status, body, headers } = await ask('POST', '/v1/capabilities', { token, body: request })
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    const verifier = createVerifier({ keys: new Map([[1, await authority.publicKey()]]), anchor: 'service:billing' })
    const wanted = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
    expect(await verifier.verify(body.capability, wanted)).toMatchObject({ subject: 'service:gateway' })
  })

  it('of a batch are answered one by one', async () => {
    const { ask, identityOf } = await serveTest()
    const token = await identityOf('service:gateway')
    const requests = [
      { target: 'invoices', operation: 'read' },
      { target: 'invoices', operation: 'write' },
    ]
    const { body } = await ask('POST', '/v1/capabilities', { token, body: { requests } })
    expect(body.results[0]).toMatchObject({ target: 'invoices', operation: 'read', subject: 'service:gateway' })
    expect(body.results[1]).toEqual({
      problem: { step: 'policy', reason: 'not_granted', code: 'refused', title: 'The policy does not permit this' },
    })
  })

  it('that the policy refuses are a 403 that names the step', async () => {
    const { ask, identityOf } = await serveTest()
    const token = await identityOf('service:gateway')
    const refused = await ask('POST', '/v1/capabilities', { token, body: { target: 'crm', operation: 'read' } })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.body).toEqual({
      type: 'urn:writ:problem:refused',
      title: 'The policy does not permit this',
      status: 403,
      code: 'refused',
      step: 'policy',
      reason: 'not_granted',
      requestId: refused.headers.get('x-request-id'),
    })
  })
})

describe('contexts', () => {
  it('collect what a session has seen, and block what that precludes, also for an older copy', async () => {
    const { ask, identityOf } = await serveTest()
    const token = await identityOf('agent:alice')
    const opened = (await ask('POST', '/v1/contexts', { token, body: {} })).body.context
    const mint = (target: string, operation: string, context: string) =>
      ask('POST', '/v1/capabilities', { token, body: { target, operation, context } })
    expect((await mint('email', 'send', opened)).status).toBe(200)
    const read = await mint('crm', 'read', opened)
    expect(read.status).toBe(200)
    expect(read.body.context).not.toBe(opened)
    for (const context of [read.body.context, opened]) {
      const refused = await mint('email', 'send', context)
      expect([refused.status, refused.body.step, refused.body.reason]).toEqual([403, 'exposure', 'exposed'])
    }
  })

  it('are forked for a name below, exposed by hand, and opened fresh by an administrator', async () => {
    const { ask, identityOf, adminFor } = await serveTest()
    const token = await identityOf('agent:alice')
    const { context } = (await ask('POST', '/v1/contexts', { token, body: {} })).body
    const exposed = await ask('POST', '/v1/contexts/exposures', {
      token,
      body: { context, exposures: ['pii'], source: 'crm' },
    })
    expect(exposed.status).toBe(200)
    const fork = await ask('POST', '/v1/contexts/forks', { token, body: { context, subject: 'agent:alice:job' } })
    expect([fork.status, fork.body.subject]).toEqual([200, 'agent:alice:job'])
    const fresh = await ask('POST', '/v1/contexts/subjects', {
      token: await adminFor('authority.contexts', 'open'),
      body: { subject: 'agent:alice', fresh: true },
    })
    const mint = await ask('POST', '/v1/capabilities', {
      token,
      body: { target: 'email', operation: 'send', context: fresh.body.context },
    })
    expect([fresh.status, mint.status]).toEqual([200, 200])
  })
})

describe('the policy', () => {
  it('is read with its tag, changed by whoever names it, and in force at once', async () => {
    const { ask, adminFor, identityOf } = await serveTest()
    const read = await ask('GET', '/v1/policy', { token: await adminFor('authority.policy', 'read') })
    expect([read.status, read.body.version, read.headers.get('etag')]).toEqual([200, 1, `"${read.body.etag}"`])
    const token = await adminFor('authority.policy', 'write')
    const next = POLICY.replace(
      'target = "invoices", operations = ["read"]',
      'target = "invoices", operations = ["list"]',
    )
    const body = { policy: next }
    const unconditional = await ask('PUT', '/v1/policy', { token, body })
    expect([unconditional.status, unconditional.body.code]).toEqual([428, 'precondition_required'])
    const stale = await ask('PUT', '/v1/policy', { token, body, headers: { 'if-match': '"other"' } })
    expect([stale.status, stale.body.etag]).toEqual([412, read.body.etag])
    const put = await ask('PUT', '/v1/policy', { token, body, headers: { 'if-match': `"${read.body.etag}"` } })
    expect([put.status, put.body.version, put.body.author]).toEqual([200, 2, 'admin'])
    expect(put.body.diff.subjects[0].subject).toBe('service:gateway')
    const gateway = await identityOf('service:gateway')
    const mint = (operation: string) =>
      ask('POST', '/v1/capabilities', { token: gateway, body: { target: 'invoices', operation } })
    expect([(await mint('read')).status, (await mint('list')).status]).toEqual([403, 200])
  })

  it('with faults is refused with all of them, each with its place', async () => {
    const { ask, adminFor } = await serveTest()
    const { body } = await ask('GET', '/v1/policy', { token: await adminFor('authority.policy', 'read') })
    const refused = await ask('PUT', '/v1/policy', {
      token: await adminFor('authority.policy', 'write'),
      headers: { 'if-match': `"${body.etag}"` },
      body: { policy: '[[objects]]\nid = "a"\nparent = "b"\ncolour = "red"' },
    })
    expect([refused.status, refused.body.code, refused.body.count]).toEqual([422, 'invalid_policy', 2])
    expect(refused.body.faults[0]).toMatchObject({ file: 'policy', line: expect.any(Number) })
  })

  it('is asked what a mint would do', async () => {
    const { ask, adminFor } = await serveTest()
    const token = await adminFor('authority.policy', 'read')
    const body = { subject: 'service:gateway', target: 'invoices', operation: 'write' }
    const { body: answer } = await ask('POST', '/v1/policy/evaluate', { token, body })
    expect(answer).toMatchObject({ allowed: false, step: 'policy', code: 'not_granted', policyVersion: 1 })
  })
})

describe('revocations, audit, lineage, keys', () => {
  it('a revoked identity mints nothing, and what it minted is in the feed', async () => {
    const { ask, adminFor, identityOf } = await serveTest()
    const identity = await identityOf('service:gateway')
    const mint = () =>
      ask('POST', '/v1/capabilities', { token: identity, body: { target: 'invoices', operation: 'read' } })
    const { capability } = (await mint()).body
    const [id] = revocationIds(identity)
    const [minted] = revocationIds(capability)
    const token = await adminFor('authority.revocations', 'write')
    const revoked = await ask('POST', '/v1/revocations', { token, body: { revocationId: id, reason: 'lost' } })
    expect([revoked.status, revoked.body]).toEqual([200, { sequence: 2, added: 2 }])
    expect((await mint()).status).toBe(401)
    const feed = await ask('GET', '/v1/revocations')
    expect(feed.body.entries.map(({ value }: { value: string }) => value).sort()).toEqual([id, minted].sort())
    expect(feed.body.head).toMatchObject({ sequence: 2, baseSequence: 0 })
    const etag = feed.headers.get('etag') as string
    expect((await ask('GET', '/v1/revocations?after=2', { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await ask('GET', '/v1/revocations?after=1&limit=1')).body).toMatchObject({
      entries: [{ sequence: 2 }],
      more: false,
    })

    const lineage = await ask('GET', `/v1/lineage/${minted}`, { token: await adminFor('authority.lineage', 'read') })
    expect(lineage.body.ancestors.map(({ id }: { id: string }) => id)).toEqual([id])
    const unknown = await ask('GET', `/v1/lineage/${'00'.repeat(64)}`, {
      token: await adminFor('authority.lineage', 'read'),
    })
    expect(unknown.status).toBe(404)

    const audit = await ask('GET', `/v1/audit?revocationId=${minted}`, {
      token: await adminFor('authority.audit', 'read'),
    })
    expect(audit.body.records.map(({ kind }: { kind: string }) => kind)).toEqual(['capability.minted', 'token.revoked'])
    expect(JSON.stringify(audit.body)).not.toContain(capability.slice(0, 60))
  })

  it('a rotated key mints from then on, and what the old one has minted stays good', async () => {
    const { ask, adminFor, identityOf } = await serveTest()
    const identity = await identityOf('service:gateway')
    const rotated = await ask('POST', '/v1/keys/rotate', {
      token: await adminFor('authority.keys', 'rotate'),
      body: {},
    })
    expect(rotated.body).toMatchObject({ purpose: 'root', active: 2, retired: 1 })
    const body = { target: 'invoices', operation: 'read' }
    const { capability } = (await ask('POST', '/v1/capabilities', { token: identity, body })).body
    expect((await inspect(capability)).rootKeyId).toBe(2)
    const { body: described } = await ask('GET', '/.well-known/writ')
    const states = described.keys.filter(({ purpose }: { purpose: string }) => purpose === 'root')
    expect(states.map(({ id, state }: { id: number; state: string }) => [id, state]).sort()).toEqual([
      [1, 'retired'],
      [2, 'active'],
      [5, 'next'],
    ])
    const { body: web } = await ask('GET', '/.well-known/biscuit-web-keys')
    expect(web[0]).toMatchObject({
      algorithm: 'ed25519',
      key_id: expect.any(Number),
      key_bytes: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('says how it is, counts what it did, and names no subject there', async () => {
    const { ask, identityOf } = await serveTest()
    await identityOf('service:gateway')
    expect((await ask('GET', '/healthz')).body).toEqual({ status: 'ok' })
    expect((await ask('GET', '/readyz')).body).toEqual({ status: 'ok', policyVersion: 1 })
    const { text } = await ask('GET', '/metrics')
    expect(text).toContain('writ_authority_acts_total{act="POST /v1/identities",decision="allowed",code="ok"} 1')
    expect(text).not.toContain('gateway')
  })
})
