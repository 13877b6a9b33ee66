import { describe, expect, it } from 'vitest'
import { mintCapability } from '../src/index.ts'
import { designationCheck } from './support/forge/datalog.ts'
import { appendBlock } from './support/forge/forge.ts'
import { root } from './support/keys.ts'
import { capability, expectRefused, READ_ACME, verify } from './support/verify.ts'

const globex = appendBlock(capability(), { checks: [designationCheck('tenantId', 'globex')] })

async function failureOf(expectation: Promise<unknown>): Promise<string> {
  const failure = await expectation.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(failure instanceof Error)) throw new Error('the expectation held')
  return `${failure.message}\n${JSON.stringify(failure)}`
}

describe('expectRefused, the helper of these tests', () => {
  it('returns the refusal when every given field matches', async () => {
    const refused = {
      code: 'wrong_designation',
      label: 'tenantId',
      expected: 'globex',
      actual: 'acme',
      block: 1,
      check: 0,
    }
    expect(await expectRefused(verify(globex, READ_ACME), refused)).toMatchObject(refused)
  })

  it.each([
    ['another code', { code: 'undesignated' }],
    ['another label', { code: 'wrong_designation', label: 'invoiceId' }],
    ['another block', { code: 'wrong_designation', block: 0 }],
    ['a check where none was expected', { code: 'wrong_designation', check: undefined }],
  ])('fails on %s and prints the refusal and the token', async (_name, refused) => {
    const failure = await failureOf(expectRefused(verify(globex, READ_ACME), refused))
    expect(failure).toContain('refused, but not as expected')
    for (const part of [
      '"code": "wrong_designation"',
      '"label": "tenantId"',
      '"block": 1',
      '"check": 0',
      '"expected": "globex"',
      '"actual": "acme"',
      '"kind": "capability"',
      '"subject": "alice"',
    ]) {
      expect(failure).toContain(part)
    }
  })

  it('fails on an accepted token and prints the token', async () => {
    const failure = await failureOf(expectRefused(verify(capability()), { code: 'expired' }))
    expect(failure).toContain('accepted, but expected expired')
    expect(failure).toContain('"subject": "alice"')
  })

  it('does not take an error of another class for a refusal', async () => {
    await expect(expectRefused(mintCapability({} as never, root.privateKey), { code: 'expired' })).rejects.toThrow(
      TypeError,
    )
  })
})
