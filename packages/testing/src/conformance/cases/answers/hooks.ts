import assert from 'node:assert/strict'
import type { HttpGuardOptions } from '@writ/http'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, type Scenario } from '../../scene.ts'

/** A case in which a part of the service fails for a valid token. */
const failing = (name: string, options: Partial<HttpGuardOptions>): Scenario => ({
  name: `${name} is a failure of the service`,
  app: () => ({ options }),
  async run(scene) {
    expectRefusal(await scene.get(INVOICE, await scene.token()), 'unavailable')
    assert.deepEqual(scene.runs, [])
  },
})

/** The same in report mode, which lets requests continue. */
const reported = (name: string, options: Partial<HttpGuardOptions>): Scenario => ({
  name: `${name} does not stop a request in report mode`,
  app: () => ({ options: { ...options, mode: 'report' } }),
  async run(scene) {
    expectPass(await scene.get(INVOICE, await scene.token()))
  },
})

const fail = (): never => {
  throw new Error('acme')
}
const reject = () => Promise.reject(new Error('acme'))
/** What a careless JavaScript service might return. */
const returning = (value: unknown) => (() => value) as () => never

/** If a part of the service fails, the answer is 503. The request neither hangs nor passes. */
export const hooks: readonly Scenario[] = [
  failing('onDecision that throws', { onDecision: fail }),
  failing('onDecision that rejects', { onDecision: reject }),
  {
    name: 'onDecision that rejects is a failure of the service for a refused request too',
    app: () => ({ options: { onDecision: reject } }),
    async run(scene) {
      expectRefusal(await scene.get(INVOICE), 'unavailable')
      expectRefusal(await scene.get('/globex/invoices/7', await scene.token()), 'unavailable')
    },
  },
  failing('a revocation list that throws', { revocation: { isRevoked: fail } }),
  failing('a revocation list that rejects', { revocation: { isRevoked: reject } }),
  failing('a revocation list that returns nothing', { revocation: { isRevoked: returning(undefined) } }),
  failing('a revocation list that returns a string', { revocation: { isRevoked: returning('no') } }),
  failing('a revocation list that resolves to null', { revocation: { isRevoked: returning(Promise.resolve(null)) } }),
  failing('a key resolver that throws', { keys: fail }),
  failing('a key resolver that rejects', { keys: reject }),
  failing('a clock that throws', { now: fail }),
  failing('a clock that is not a number', { now: () => Number.NaN }),
  failing('a clock that returns a negative time', { now: () => -1 }),
  {
    name: 'a key resolver that knows no key is answered as a wrong signature',
    app: () => ({ options: { keys: () => undefined } }),
    async run(scene) {
      expectRefusal(await scene.get(INVOICE, await scene.token()), 'invalid_signature')
    },
  },
  {
    name: 'a key resolver and a revocation list may answer later',
    app: ({ publicKey }) => ({
      options: { keys: async () => publicKey, revocation: { isRevoked: async () => false } },
    }),
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token()))
    },
  },
  reported('onDecision that throws', { onDecision: fail }),
  reported('a revocation list that rejects', { revocation: { isRevoked: reject } }),
]
