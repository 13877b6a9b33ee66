import { CapabilityError, ERROR_CODES } from '@writ/core'
import { refusalOf } from '@writ/http'
import { describe, expect, it } from 'vitest'
import { ANSWERS, type AnsweredCode, NEVER_ANSWERED } from '../src/conformance/answers.ts'

const answers = new Map<string, readonly [number, string]>(Object.entries(ANSWERS))
const settings = { realm: 'writ', rfc6750: false, retryAfter: 5 }

describe('the answers that the conformance suite expects', () => {
  it('are known for every error code, or the code is listed as one that no guard answers with', () => {
    const known = [...answers.keys(), ...Object.keys(NEVER_ANSWERED)]
    expect(known.toSorted()).toEqual(ERROR_CODES.toSorted())
  })

  it.each([...answers])('agree with @writ/http about status and title of %s', (code, answer) => {
    const refusal = refusalOf(new CapabilityError(code as AnsweredCode), settings)
    expect([refusal.status, refusal.title]).toEqual(answer)
  })

  it('leave out untrusted_key, because callers see invalid_signature', () => {
    expect(refusalOf(new CapabilityError('untrusted_key', { proven: false }), settings).code).toBe('invalid_signature')
  })
})
