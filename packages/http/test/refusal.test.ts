import { CapabilityError, type CapabilityErrorCode, ERROR_CODES } from '@writ/core'
import { describe, expect, it } from 'vitest'
import { PROBLEMS, RefusalError, refusalOf } from '../src/index.ts'

const settings = { realm: 'writ', rfc6750: false, retryAfter: 5 }
const of = (code: CapabilityErrorCode, rfc6750 = false, proven = true) =>
  refusalOf(new CapabilityError(code, { proven, label: 'tenantId', expected: 'acme', actual: 'globex' }), {
    ...settings,
    rfc6750,
  })

describe('a refusal', () => {
  it.each(ERROR_CODES)('the refusal for %s has problem details in a fixed order, and is not stored', (code) => {
    const { status, title, headers, body } = of(code)
    expect(body).toBe(`{"type":"urn:writ:problem:${code}","title":"${title}","status":${status},"code":"${code}"}`)
    expect(headers).toMatchObject({
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Cache-Control': 'no-store',
    })
    expect(Object.isFrozen(headers)).toBe(true)
    expect(JSON.stringify([headers, body])).not.toMatch(/tenantId|acme|globex/)
  })

  it.each(ERROR_CODES)('the refusal for %s has the right status and challenge', (code) => {
    const { status, headers } = of(code)
    const challenge = headers['WWW-Authenticate']
    if (code === 'missing_token') expect([status, challenge]).toEqual([401, 'Bearer realm="writ"'])
    else if (code === 'unavailable') expect([status, challenge, headers['Retry-After']]).toEqual([503, undefined, '5'])
    else if (code === 'source_empty') expect([status, challenge]).toEqual([400, undefined])
    else if (['unguarded', 'source_missing'].includes(code)) expect([status, challenge]).toEqual([500, undefined])
    else expect([status, challenge]).toEqual([403, 'Bearer realm="writ", error="insufficient_scope"'])
    if (code !== 'unavailable') expect(headers['Retry-After']).toBe(undefined)
  })

  it('with rfc6750 a refusal is 401 invalid_token where a new token may help, and only there', () => {
    const renewable = ERROR_CODES.filter((code) => of(code, true).status !== of(code).status)
    expect(renewable).toEqual(['malformed_token', 'untrusted_key', 'invalid_signature', 'expired', 'revoked'])
    for (const code of renewable) {
      expect(of(code, true).status).toBe(401)
      expect(of(code, true).headers['WWW-Authenticate']).toBe('Bearer realm="writ", error="invalid_token"')
    }
    expect(of('missing_token', true).headers['WWW-Authenticate']).toBe('Bearer realm="writ"')
  })

  it('a refusal of an unproven token says only that it is malformed or not signed by us', () => {
    for (const code of ERROR_CODES.filter((one) => one !== 'missing_token' && one !== 'unavailable')) {
      expect(['malformed_token', 'invalid_signature']).toContain(of(code, false, false).code)
      expect(of(code, true, false).status).toBe(401)
    }
  })
})

describe('a refusal as an error', () => {
  const refusal = of('untrusted_key', false, false)
  const error = new RefusalError(refusal)

  it('a RefusalError has status, headers and the public code, and the true error as its cause', () => {
    expect(error).toBeInstanceOf(CapabilityError)
    expect([error.status, error.code, error.publicCode]).toEqual([403, 'invalid_signature', 'invalid_signature'])
    expect(error.headers).toEqual({
      'WWW-Authenticate': 'Bearer realm="writ", error="insufficient_scope"',
      'Cache-Control': 'no-store',
    })
    expect(error.cause).toBe(refusal.error)
    expect([error.label, error.expected, error.actual]).toEqual(['tenantId', 'acme', 'globex'])
  })

  it.each(ERROR_CODES)('a RefusalError for %s has the wording of the answer as its message', (code) => {
    const refused = of(code)
    expect(new RefusalError(refused).message).toBe(PROBLEMS[refused.code].title)
    expect(refused.title).toBe(PROBLEMS[refused.code].title)
  })

  it('a RefusalError has no stack, and serialises no values', () => {
    expect(error.stack).toBe('CapabilityError: The capability token is not signed by a trusted key')
    expect(JSON.stringify(error)).toBe('{"name":"CapabilityError","code":"invalid_signature"}')
  })
})
