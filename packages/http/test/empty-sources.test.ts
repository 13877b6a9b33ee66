import { describe, expect, it } from 'vitest'
import type { Decision, DesignationSource, RequestView } from '../src/index.ts'
import { guardWith, invoice, refusalFrom, token, view } from './support.ts'

type Headers = Readonly<Record<string, string>>

/** What callers and operators learn about a request whose token is good, and whose source names nothing. */
async function answerTo(source: DesignationSource<object>, request: Partial<RequestView>, headers: Headers = {}) {
  const decisions: Decision[] = []
  const decide = guardWith({ onDecision: (decision) => decisions.push(decision) })
  const sent: Headers = { ...headers, authorization: `Bearer ${await token({ designations: { id: '7' } })}` }
  const header = (name: string) => (Object.hasOwn(sent, name) ? [sent[name] as string] : [])
  const requirement = { resource: 'invoices', operation: 'read', designate: { id: source } }
  const refusal = await refusalFrom(decide(view({ ...request, header }), requirement))
  const [{ hint, label, code } = {} as Decision] = decisions
  expect([label, code]).toEqual(['id', refusal?.code])
  return { status: refusal?.status, code: refusal?.code, body: refusal?.body ?? '', hint: hint ?? '' }
}

const JSON_BODY: Headers = { 'content-type': 'application/json', 'content-length': '9' }
const byParam = 'id'
const byBody = { body: 'id' }

describe('a source that the request leaves empty', () => {
  it.each<[string, DesignationSource<object>, Partial<RequestView>, RegExp]>([
    ['a query without the name', { query: 'id' }, {}, /^the query has no id$/],
    ['a repeated query parameter', { query: 'id' }, { query: new URLSearchParams('id=7&id=8') }, /id more than once$/],
    ['a request without the header', { header: 'X-Id' }, {}, /^the request has no header x-id$/],
    ['a body without the member', byBody, { body: {} }, /^the body has no member id$/],
    ['a member that is an object', byBody, { body: { id: {} } }, /^the member id of the body is empty, or no text/],
    ['no body', byBody, {}, /^the request has no body of a type that the app parses$/],
    ['a body that is no JSON', byBody, { body: null }, /^the body has no member id$/],
    ['an empty param', byParam, { params: { id: '' } }, /^the param id is empty or does not decode$/],
    [
      'a param that does not decode',
      byParam,
      { params: { id: undefined } },
      /^the param id is empty or does not decode$/,
    ],
    ['a function that finds nothing', () => undefined, {}, /^the function of designate found nothing$/],
    [
      'a function that reads a repeated name',
      ({ query }) => query.get('id') ?? '7',
      { query: new URLSearchParams('id=7&id=7') },
      /id more than once$/,
    ],
  ])('%s is the fault of the caller: 400 source_empty', async (_name, source, request, hint) => {
    const answer = await answerTo(source, request)
    expect(answer).toMatchObject({ status: 400, code: 'source_empty' })
    expect(answer.hint).toMatch(hint)
    // What to change is for operators: the caller learns the code, and what the route demands of every token.
    expect(Object.keys(JSON.parse(answer.body))).toEqual(['type', 'title', 'status', 'code', 'required'])
  })

  it.each<[string, Headers]>([
    ['of another type', { ...JSON_BODY, 'content-type': 'text/plain' }],
    ['of a type with parameters that parsers refuse', { ...JSON_BODY, 'content-type': 'application/json; charset=x;' }],
    ['of no type', { 'content-length': '9' }],
    ['of a type, without content', { ...JSON_BODY, 'content-length': '0' }],
    ['of a type, without a length', { 'content-type': 'application/json' }],
    ['of a type, in no chunks', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }],
    ['of a type, of a length that is no number', { ...JSON_BODY, 'content-length': 'x' }],
  ])('a caller cannot make a fault of the server of a body %s', async (_name, headers) => {
    expect(await answerTo(byBody, {}, headers)).toMatchObject({ status: 400, code: 'source_empty' })
  })
})

describe('a source that no request can fill', () => {
  it('a param that the path does not have is the fault of the route: 500 source_missing', async () => {
    for (const params of [{}, { ids: '7' }, Object.create({ id: '7' }) as Record<string, string>]) {
      const answer = await answerTo(byParam, { params })
      expect(answer).toMatchObject({ status: 500, code: 'source_missing' })
      expect(answer.hint).toMatch(
        /no param id .* mergeParams: true\. A guard in use\(\) .* A wildcard .* req\.params\.$/,
      )
      expect(Object.keys(JSON.parse(answer.body))).toEqual(['type', 'title', 'status', 'code'])
    }
  })

  it.each<[string, Headers]>([
    ['with a length', JSON_BODY],
    ['with a charset', { ...JSON_BODY, 'content-type': 'application/json; charset=utf-8' }],
    ['in another spelling', { ...JSON_BODY, 'content-type': 'Application/JSON;charset="UTF-8"' }],
  ])('a JSON body %s that nothing has parsed is the fault of the route: 500 source_missing', async (_name, headers) => {
    const answer = await answerTo(byBody, {}, headers)
    expect(answer).toMatchObject({ status: 500, code: 'source_missing' })
    expect(answer.hint).toMatch(/^nothing has parsed the body .* express\.json\(\) before it$/)
  })
})

describe('what strangers learn of a source', () => {
  it('only the holder of a token that has passed everything before learns that a source is empty', async () => {
    const decide = guardWith()
    const ask = async (authorization: readonly string[]) =>
      (await refusalFrom(decide(view({ authorization, params: {} }))))?.code
    expect(await ask([])).toBe('missing_token')
    expect(await ask(['Bearer nonsense'])).toBe('malformed_token')
    expect(await ask([`Bearer ${(await token()).replace(/.{20}(=*)$/, `${'A'.repeat(20)}$1`)}`])).toMatch(
      /malformed_token|invalid_signature/,
    )
    expect(await ask([`Bearer ${await token({ resource: 'orders' })}`])).toBe('wrong_resource')
    expect(await ask([`Bearer ${await token({ operation: 'write' })}`])).toBe('wrong_operation')
    expect(await ask([`Bearer ${await token()}`])).toBe('source_missing')
  })

  it('a token may leave a label unbound, but a request may not leave it empty', async () => {
    const decide = guardWith()
    const request = view({
      authorization: [`Bearer ${await token({ designations: { tenantId: 'acme' } })}`],
      params: { tenantId: 'acme', invoiceId: '' },
    })
    const refusal = await refusalFrom(decide(request, { ...invoice, allowUndesignated: ['invoiceId'] }))
    expect(refusal?.code).toBe('source_empty')
  })

  it('another requirement may be met where the source of the first one is missing', async () => {
    const decide = guardWith()
    const request = view({ authorization: [`Bearer ${await token()}`] })
    expect(await decide(request, { resource: 'invoices', designate: ['order'] }, invoice)).toMatchObject({
      allowed: true,
    })
  })

  it('a token that demands a label which the route does not supply is a missing designation', async () => {
    const decide = guardWith()
    const request = view({ authorization: [`Bearer ${await token()}`] })
    const refusal = await refusalFrom(decide(request, { resource: 'invoices', designate: ['tenantId'] }))
    expect(refusal).toMatchObject({ status: 403, code: 'missing_designation', error: { label: 'invoiceId' } })
  })
})
