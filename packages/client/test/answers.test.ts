import { createServer } from 'node:http'
import { generateKeyPair } from '@writ/core'
import { createEngine, parsePolicy } from '@writ/engine'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ClientOptions, createClient } from '../src/index.ts'
import { refusal } from './support/refusal.ts'
import { type Answer, type Authority, answering, listen, POLICY, startAuthority } from './support/start-authority.ts'

const INVOICE = { target: 'invoices', operation: 'read', designations: { tenantId: 'acme' }, anchor: 'service:billing' }
const MIB = 1024 * 1024
let authority: Authority

beforeEach(async () => {
  authority = await startAuthority()
})

afterEach(() => authority.close())

async function client(options: Partial<ClientOptions> = {}) {
  const { url, keys, now } = authority
  return createClient({ url, keys: keys.publicKey, identity: await authority.identity(), now, ...options })
}

/** What a client makes of one answer to an ask for an invoice. */
async function afterAnswer(answer: Answer, options: Partial<ClientOptions> = {}) {
  const { capabilityFor } = await client(options)
  authority.answerWith(answer)
  return refusal(capabilityFor(INVOICE))
}

const mint = async (more: object) =>
  answering(200, {
    results: [await authority.engine().mint({ ...INVOICE, subject: 'service:gateway', ...more } as never)],
  })

it.each([
  ['for another tenant', { designations: { tenantId: 'globex' } }],
  ['for every tenant', { designations: {} }],
  ['for another service', { anchor: 'service:archive' }],
  ['for any service', { anchor: undefined }],
  ['for another target', { target: 'orders', designations: { tenantId: 'acme' }, anchor: undefined }],
  ['for another subject', { subject: 'service:mallory' }],
])('a capability %s in the answer is not handed out', async (_, more) => {
  expect(await afterAnswer(await mint(more))).toMatchObject({ code: 'bad_answer', from: 'authority' })
})

it('a capability that another key has signed is not handed out', async () => {
  const forger = createEngine({ policy: parsePolicy(POLICY), keys: await generateKeyPair(), now: authority.now })
  const forged = await forger.mint({ ...INVOICE, subject: 'service:gateway' })
  expect(await afterAnswer(answering(200, { results: [forged] }))).toMatchObject({
    code: 'bad_answer',
    reason: 'invalid_signature',
    message: 'the answer is not one that the authority may give (invalid_signature)',
  })
})

it('an identity in place of a capability is not handed out', async () => {
  const capability = await authority.identity()
  expect(await afterAnswer(answering(200, { results: [{ capability }] }))).toMatchObject({ code: 'bad_answer' })
})

it('a capability of a session without the context to go on with is not handed out', async () => {
  const context = await authority.engine().mintContext({ subject: 'service:gateway' })
  const { mint: mintAnew } = await client()
  authority.answerWith(await mint({}))
  expect(await refusal(mintAnew({ ...INVOICE, context }))).toMatchObject({ code: 'bad_answer' })
})

it.each([
  ['[]'],
  ['null'],
  ['7'],
  ['{}'],
  ['{"results":null}'],
  ['{"results":[]}'],
  ['{"results":[{}]}'],
  ['{"results":[null]}'],
  ['{"results":[{"capability":7}]}'],
  ['{"results":[{"capability":""}]}'],
  ['{"results":[{"capability":"x","context":{}}]}'],
  ['{"results":[{"problem":{}}]}'],
  ['{"results":[{"problem":{"code":"constructor"}}]}'],
  ['{"results":[{"__proto__":{"capability":"x"}}]}'],
  ['{"results":{"0":{"capability":"x"},"length":1}}'],
  ['{"results":[{"capability":"x"},{"capability":"y"}]}'],
  ['{"results":['],
  ['<html>'],
  [''],
  [`${'['.repeat(100_000)}`],
])('an answer of another form is a bad answer: %#', async (text) => {
  const answer: Answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  expect(await afterAnswer(answer)).toMatchObject({ code: 'bad_answer' })
})

it('an answer that is no UTF-8 is a bad answer', async () => {
  const answer: Answer = (response) => response.writeHead(200).end(Buffer.from([0x22, 0xff, 0x22]))
  expect(await afterAnswer(answer)).toMatchObject({ code: 'bad_answer' })
})

it('of an answer of 50 MB no more than a small part is read', async () => {
  let sent = 0
  const answer: Answer = async (response) => {
    const closed = new Promise((resolve) => response.on('close', resolve))
    response.writeHead(200, { 'content-type': 'application/json' })
    while (sent < 50 * MIB && !response.destroyed) {
      sent += MIB
      if (!response.write(Buffer.alloc(MIB, ' '))) {
        await Promise.race([new Promise((resolve) => response.once('drain', resolve)), closed])
      }
    }
    response.end()
  }
  expect(await afterAnswer(answer)).toMatchObject({ code: 'bad_answer' })
  expect(sent).toBeLessThan(20 * MIB)
})

it('an authority that hangs is unavailable after the timeout, for all who wait', async () => {
  const { capabilityFor } = await client({ timeout: '1s' })
  authority.answerWith(() => {}, { times: 100 })
  const asks = [1, 2, 3].map(() => refusal(capabilityFor(INVOICE)))
  for (const error of await Promise.all(asks)) expect(error).toMatchObject({ code: 'unavailable', from: 'authority' })
})

it('an answer that stops half-way is unavailable after the timeout', async () => {
  const answer: Answer = (response) => response.writeHead(200).write('{"results":[')
  expect(await afterAnswer(answer, { timeout: '1s' })).toMatchObject({ code: 'unavailable' })
})

it('a redirect of the authority is not followed', async () => {
  const heard: string[] = []
  const elsewhere = await listen(
    createServer((request, response) => {
      heard.push(request.headers.authorization ?? 'nothing')
      response.end('{}')
    }),
  )
  for (const status of [301, 302, 303, 307, 308]) {
    const redirect = answering(status, {}, { location: `${elsewhere.url}/v1/capabilities` })
    expect(await afterAnswer(redirect)).toMatchObject({ code: 'bad_answer', status })
  }
  expect(heard).toEqual([])
  await elsewhere.close()
})

it.each([
  [400, { code: 'unreadable_request' }, 'invalid_request'],
  [401, { code: 'refused_credential' }, 'unauthenticated'],
  [403, { code: 'refused', step: 'policy', reason: 'not_granted' }, 'refused'],
  // A proxy in between has no say about the policy.
  [403, '<html>', 'bad_answer'],
  [404, {}, 'invalid_request'],
  [413, { code: 'too_large' }, 'invalid_request'],
  [422, { code: 'invalid_request', requestId: 'r-1' }, 'invalid_request'],
  [429, { code: 'too_many_requests' }, 'unavailable'],
  [500, { code: 'failed' }, 'unavailable'],
  [500, [], 'unavailable'],
])('an answer %i with %j is the error %s', async (status, body, code) => {
  const error = await afterAnswer(answering(status, body))
  const { code: problem, step, reason, requestId } = body as Record<string, string>
  expect(error).toMatchObject({ code, from: 'authority', status, problem, step, reason, requestId })
})

it('what an error shows of an answer is printable', async () => {
  const problem = { code: 'refused', step: 'a\nb', reason: `\u202e${'x'.repeat(1000)}` }
  const error = await afterAnswer(answering(403, problem))
  expect(error.step).toBe('a\\u{a}b')
  expect(error.reason).toHaveLength(128)
  expect(error.message).not.toMatch(/[\n\u202e]/)
})

it('no error shows a credential, neither in its text nor in what it prints', async () => {
  const { inspect } = await import('node:util')
  const identity = await authority.identity()
  const secret = 'secret-of-gateway'
  const bad: Answer[] = [
    answering(200, identity),
    answering(500, { code: identity.slice(0, 5) }),
    answering(200, { identity }),
  ]
  for (const answer of [...bad, ((response) => response.destroy()) satisfies Answer]) {
    for (const source of [identity, { secret }]) {
      const { capabilityFor } = await client({ identity: source, timeout: '1s' })
      authority.answerWith(answer, { times: 2 })
      const error = await refusal(capabilityFor(INVOICE))
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String(error.stack)
      expect(shown).not.toContain(identity.slice(0, 60))
      expect(shown).not.toContain(secret)
      authority.answerWith(() => {}, { times: 0 })
    }
  }
})

it.each<[string, () => Promise<unknown>]>([
  ['no context', async () => ({})],
  [
    'a context of mallory',
    async () => ({ context: await authority.engine().mintContext({ subject: 'service:mallory' }) }),
  ],
  ['an identity', async () => ({ context: await authority.identity() })],
])('%s is not taken for the context of a session', async (_name, given) => {
  authority.answerWith(answering(200, await given()), { path: '/v1/contexts' })
  expect(await refusal((await client()).openContext())).toMatchObject({ code: 'bad_answer' })
})
