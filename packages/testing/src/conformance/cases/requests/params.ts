import assert from 'node:assert/strict'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import type { Scenario } from '../../scene.ts'

/** A case in which a token names `value` and the path holds `segment`, which is not the same object. */
const differs = (segment: string, value: string): Scenario => ({
  name: `a token for ${JSON.stringify(value)} is refused for the path segment ${segment}`,
  async run(scene) {
    const token = await scene.token({ designations: { tenantId: 'acme', invoiceId: value } })
    expectRefusal(await scene.get(`/acme/invoices/${segment}`, token), 'wrong_designation')
    assert.deepEqual(scene.runs, [])
  },
})

/** A case in which both are the same object: guard and handler get the segment, decoded once. */
const equals = (segment: string, value: string): Scenario => ({
  name: `a token for ${JSON.stringify(value)} passes for the path segment ${segment}`,
  async run(scene) {
    const token = await scene.token({ designations: { tenantId: 'acme', invoiceId: value } })
    const { designations, params } = expectPass(await scene.get(`/acme/invoices/${segment}`, token))
    assert.equal(designations?.['invoiceId'], value)
    assert.equal(params['invoiceId'], value)
  },
})

/** A case in which a path is not answered with a success, and the handler does not run. */
const never = (name: string, path: string): Scenario => ({
  name,
  async run(scene) {
    const response = await scene.get(path, await scene.token())
    assert.ok(response.status >= 400, response.text)
    assert.deepEqual(scene.runs, [])
  },
})

/** The same for a segment with a token for `value`. The framework may not have such a path at all. */
const unlike = (segment: string, value: string): Scenario => ({
  name: `a token for ${JSON.stringify(value)} does not pass for the path segment ${segment}`,
  async run(scene) {
    const token = await scene.token({ designations: { tenantId: 'acme', invoiceId: value } })
    const response = await scene.get(`/acme/invoices/${segment}`, token)
    assert.ok(response.status >= 400, response.text)
    assert.deepEqual(scene.runs, [])
  },
})

/** The longest param that every framework accepts. */
const LONG = 'a'.repeat(90)

/** How a path segment designates. */
export const params: readonly Scenario[] = [
  equals('5', '5'),
  equals('05', '05'),
  equals('%35', '5'),
  equals('caf%C3%A9', 'café'),
  equals('a%2Fb', 'a/b'),
  equals('a%20b', 'a b'),
  equals('a+b', 'a+b'),
  equals('a%25b', 'a%b'),
  equals('%F0%9F%92%B8', '💸'),
  equals('a%22%29%3Bb', 'a");b'),
  differs('05', '5'),
  differs('0x5', '5'),
  differs('5e0', '5'),
  differs('5.0', '5'),
  differs('+5', '5'),
  differs('%205', '5'),
  differs('5%20', '5'),
  differs('5%00', '5'),
  differs('5%0A', '5'),
  differs('%EF%BC%95', '5'),
  differs('%2535', '5'),
  differs('ACME-7', 'acme-7'),
  differs('caf%C3%A9', 'cafe\u0301'),
  differs('cafe%CC%81', 'café'),
  differs('a+b', 'a b'),
  differs('7;v=1', '7'),
  differs('7,8', '7'),
  equals(LONG, LONG),
  differs(`${LONG}b`, `${LONG}c`),
  differs(`${LONG}b`, LONG),
  differs('7.json', '7'),
  differs('7.', '7'),
  differs('7%2F8', '7'),
  differs('7%2F..%2F8', '8'),
  differs('8%2F..%2F7', '7'),
  differs('7%3Fx', '7'),
  differs('7%23x', '7'),
  differs('7%26x', '7'),
  differs('7%5C8', '7'),
  differs('7%7C8', '7'),
  differs('7:8', '7'),
  differs('7~', '7'),
  differs('7_000', '7000'),
  differs('%E2%80%8B7', '7'),
  differs('7%EF%BB%BF', '7'),
  differs('%C2%A07', '7'),
  differs('%D9%A7', '7'),
  differs('%EF%BD%81cme', 'acme'),
  differs('%D0%B0cme', 'acme'),
  unlike('7\\8', '7'),
  unlike('7/', '8'),
  unlike('8#7', '7'),
  never('a backslash does not lead out of a segment', '/acme\\invoices\\8'),
  never('a backslash does not lead out of a tenant', '/acme\\..\\globex/invoices/7'),
  never('a segment that does not decode does not pass', '/acme/invoices/%zz'),
  never('a segment that is not UTF-8 does not pass', '/acme/invoices/%ff'),
  never('a segment that ends within an escape does not pass', '/acme/invoices/%3'),
  never('an empty last segment does not pass', '/acme/invoices/'),
  never('an empty first segment does not pass', '//invoices/7'),
  never('a path that leaves the tenant by dots does not pass', '/acme/../globex/invoices/7'),
  never('a path that leaves the tenant by encoded dots does not pass', '/acme/%2e%2e/globex/invoices/7'),
  {
    name: 'a tenant that differs by case is another tenant',
    async run(scene) {
      expectRefusal(await scene.get('/Acme/invoices/7', await scene.token()), 'wrong_designation')
    },
  },
  {
    name: 'a query parameter of the same name does not stand in for a param',
    async run(scene) {
      const response = await scene.get('/globex/invoices/8?tenantId=acme&invoiceId=7', await scene.token())
      expectRefusal(response, 'wrong_designation')
    },
  },
]
