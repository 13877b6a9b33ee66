import { describe, expect, it } from 'vitest'
import {
  binary,
  capabilityBlock,
  checkAll,
  checkIf,
  checkIfAny,
  fact,
  pred,
  query,
  timeCheck,
  variable,
} from '../../support/forge/datalog.ts'
import type { Check, Term } from '../../support/forge/model.ts'
import { capability, expectRefused, NOW, READ_INVOICES, verify } from '../../support/verify.ts'

const [x, y] = ['x', 'y'].map(variable) as [Term, Term]

function appended(...checks: readonly Check[]): string {
  return capability(capabilityBlock(), [{ checks }])
}

describe('work is counted', () => {
  it('60 facts joined four times are refused after 10,000 steps, in a block of any signer', async () => {
    const facts = Array.from({ length: 60 }, (_, index) => fact('f', index))
    const [a, b, c, e] = ['a', 'b', 'c', 'e'].map(variable) as [Term, Term, Term, Term]
    const join = checkIf(pred('f', a), pred('f', b), pred('f', c), pred('f', e), binary(a, 'greaterThan', 1000))
    await expectRefused(verify(capability(capabilityBlock(), [{ facts, checks: [join] }])), {
      code: 'limits_exceeded',
      publicCode: 'limits_exceeded',
    })
  })

  it('strings cost steps by their length', async () => {
    const long = 'a'.repeat(4096)
    const doubling = binary(binary(long, 'add', long), 'add', binary(long, 'add', long))
    const check = checkIf(binary(doubling, 'contains', 'b'))
    await expectRefused(verify(appended(check), READ_INVOICES, { limits: { steps: 500 } }), { code: 'limits_exceeded' })
    await expectRefused(verify(appended(check)), { code: 'check_failed' })
  })

  it('the limit of steps gives the same answer at any speed', async () => {
    const facts = Array.from({ length: 20 }, (_, index) => fact('f', index))
    const token = capability(capabilityBlock(), [{ facts, checks: [checkIf(pred('f', x), pred('f', y))] }])
    const codes = await Promise.all(
      [400, 500].map((steps) =>
        verify(token, READ_INVOICES, { limits: { steps } }).then(
          () => 'ok',
          (error) => error.code,
        ),
      ),
    )
    expect(codes).toEqual(['limits_exceeded', 'ok'])
  })
})

describe('time', () => {
  const ending = (expiration: number) => capability(capabilityBlock({ expiration }))

  it('a token is good until one second before its end', async () => {
    await expect(verify(ending(NOW + 1))).resolves.toMatchObject({ expiresAt: NOW + 1 })
    await expectRefused(verify(ending(NOW)), { code: 'expired' })
    await expectRefused(verify(ending(-5)), { code: 'expired' })
  })

  it('parts of a second do not prolong a token', async () => {
    await expect(verify(ending(NOW + 1), READ_INVOICES, { now: () => NOW + 0.999 })).resolves.toBeDefined()
  })

  it('a clock tolerance moves the end of a token', async () => {
    await expect(verify(ending(NOW - 29), READ_INVOICES, { clockTolerance: 30 })).resolves.toBeDefined()
    await expectRefused(verify(ending(NOW - 30), READ_INVOICES, { clockTolerance: 30 }), { code: 'expired' })
  })

  it('a clock tolerance makes a check of a beginning hold later', async () => {
    const from = checkIf(pred('time', x), binary(x, 'greaterOrEqual', NOW))
    await expect(verify(appended(from))).resolves.toBeDefined()
    await expectRefused(verify(appended(from), READ_INVOICES, { clockTolerance: 1 }), { code: 'check_failed' })
  })

  it('the earliest of all ends is the end of a token', async () => {
    const token = capability(capabilityBlock(), [{ checks: [timeCheck(NOW + 30)] }, { checks: [timeCheck(NOW + 60)] }])
    await expect(verify(token)).resolves.toMatchObject({ expiresAt: NOW + 30 })
  })

  it.each<[string, Check[]]>([
    ['no time check', []],
    [
      'one that another query gets around',
      [checkIfAny(query(pred('time', x), binary(x, 'lessThan', NOW + 9)), query([{ value: true }]))],
    ],
    ['one with a condition beside it', [checkIf(pred('time', x), binary(x, 'lessThan', NOW + 9), [{ value: true }])]],
    ['one of `<=`', [checkIf(pred('time', x), binary(x, 'lessOrEqual', NOW + 9))]],
    ['one turned around', [checkIf(pred('time', x), binary(NOW + 9, 'greaterThan', x))]],
    ['a `check all`', [checkAll(pred('time', x), binary(x, 'lessThan', NOW + 9))]],
  ])('a capability with %s never ends for sure, and is refused', async (_name, checks) => {
    const [right] = capabilityBlock().checks ?? []
    const authority = { ...capabilityBlock(), checks: [right!, ...checks] }
    await expectRefused(verify(capability(authority)), { code: 'unsupported_block', block: 0 })
  })

  it('a time check in a later block does not stand in for that of the authority', async () => {
    const [right] = capabilityBlock().checks ?? []
    const authority = { ...capabilityBlock(), checks: [right!] }
    await expectRefused(verify(capability(authority, [{ checks: [timeCheck(NOW + 9)] }])), {
      code: 'unsupported_block',
    })
  })

  it('an authority block that states the time satisfies its own check, and is refused', async () => {
    const base = capabilityBlock({ expiration: NOW - 1 })
    const authority = { ...base, facts: [...(base.facts ?? []), fact('time', 0)] }
    await expectRefused(verify(capability(authority)), { code: 'unsupported_block' })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '1900000000' as unknown as number])(
    'a clock that says %j decides nothing',
    async (time) => {
      await expectRefused(verify(ending(NOW + 1), READ_INVOICES, { now: () => time }), { code: 'unavailable' })
    },
  )

  it('a token is refused as unavailable when the clock throws', async () => {
    const now = () => {
      throw new Error('no clock')
    }
    await expectRefused(verify(ending(NOW + 1), READ_INVOICES, { now }), { code: 'unavailable' })
  })
})
