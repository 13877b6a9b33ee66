import { CapabilityError } from '@writ/core'
import { expect, it } from 'vitest'
import type { Decision } from '../src/guard-options.ts'
import { decisionEntry } from '../src/log/decision-entry.ts'
import { compileRequirement } from '../src/requirement.ts'

it('a decision becomes an entry for a log, without the token, the error and functions', () => {
  const error = new CapabilityError('wrong_designation', { label: 'tenantId', expected: 'acme', actual: 'globex' })
  const decision = {
    allowed: false,
    enforced: false,
    code: 'wrong_designation',
    requirement: compileRequirement({ resource: 'invoices', designate: { tenantId: () => 'globex' } }),
    operation: 'read',
    capability: { subject: 'mallory', revocationIds: ['ab'] },
    durationMs: 0.5,
    label: 'tenantId',
    expected: 'acme',
    actual: 'globex',
    error,
  } as unknown as Decision
  expect(JSON.parse(JSON.stringify(decisionEntry(decision)))).toEqual({
    decision: 'refused',
    enforced: false,
    code: 'wrong_designation',
    resource: 'invoices',
    operation: 'read',
    subject: 'mallory',
    label: 'tenantId',
    expected: 'acme',
    actual: 'globex',
    durationMs: 0.5,
  })
  const request = { method: 'GET', path: `/acme\r\n${'x'.repeat(4000)}` }
  const { request: said = '' } = decisionEntry(decision, { request })
  expect(said).toMatch(/^GET \/acme\\u\{d\}\\u\{a\}xxx/)
  expect(said.length).toBeLessThan(200)
})
