// The guide docs/guides/one-schema.md: one schema in the engine and in the guard.
import { generateKeyPair, type mintCapability } from '@writ/core'
import type { Engine } from '@writ/engine'
import type { Express } from 'express'
import { describe, expect, it } from 'vitest'
import { type ExpressGuard, writ } from '../src/index.ts'
import { runGuide } from './guide.ts'
import { serve } from './serve.ts'

interface Guide {
  readonly schema: NonNullable<Parameters<typeof writ>[0]['schema']>
  readonly engineWith: (keys: { publicKey: string; privateKey: string }) => Engine
  readonly serviceWith: (publicKey: string) => Express
  readonly narrowTo: (token: string, invoiceId: string, publicKey: string) => ReturnType<typeof mintCapability>
}

const [guide] = (await runGuide('one-schema')) as unknown as [Guide]
const keys = await generateKeyPair()
const engine = guide.engineWith(keys)
const ask = { subject: 'service:webapp', target: 'invoices', anchor: 'service:billing' }

describe('with one schema, what is minted and what is guarded cannot drift apart', () => {
  it('the service of the guide accepts what the engine of the guide mints, for that object only', async () => {
    const { send } = await serve(guide.serviceWith(keys.publicKey))
    const designations = { tenantId: 'acme', invoiceId: '7' }
    const { capability } = await engine.mint({ ...ask, operation: 'pay', designations })
    const headers = { authorization: `Bearer ${capability}` }
    const pay = async (path: string) => (await send(path, { method: 'POST', headers })).status
    expect(await pay('/acme/invoices/7/pay')).toBe(200)
    expect(await pay('/acme/invoices/8/pay')).toBe(403)
    expect(await pay('/globex/invoices/7/pay')).toBe(403)
  })

  it('for every operation, the engine mints what names the required labels, and the guard is built for the same', async () => {
    const { schema } = guide
    const guard: ExpressGuard = writ({ keys: keys.publicKey, anchor: ask.anchor, schema })
    for (const operation of schema.operations('invoices')) {
      const { required = [], optional = [] } = schema.labels('invoices', operation) ?? {}
      const known = [...required, ...optional]
      for (const designate of [...subsetsOf([...known, 'userId'])]) {
        const designations = Object.fromEntries(designate.map((label) => [label, 'acme']))
        const { allowed } = await engine.evaluate({ ...ask, operation, designations })
        const builds = !throws(() => guard({ resource: 'invoices', operation, designate }))
        expect([operation, designate, builds]).toEqual([operation, designate, allowed])
      }
    }
    for (const [target, operation] of [
      ['invoicez', 'list'],
      ['invoices', 'delete'],
    ] as const) {
      const evaluation = await engine.evaluate({ ...ask, target, operation })
      expect(evaluation).toMatchObject({ allowed: false, error: { code: 'unknown_target' } })
      expect(() => guard({ resource: target, operation, designate: ['tenantId'] })).toThrow(TypeError)
    }
  })

  it('a token is narrowed by labels of the schema only', async () => {
    const read = { ...ask, operation: 'read', designations: { tenantId: 'acme' } }
    const list = { ...read, operation: 'list' }
    const narrow = async (asked: typeof read) =>
      guide.narrowTo((await engine.mint(asked)).capability, '7', keys.publicKey)
    expect(await narrow(read)).toBeTypeOf('string')
    await expect(narrow(list)).rejects.toThrow('designations.invoiceId')
  })
})

function* subsetsOf(labels: readonly string[]): Generator<string[]> {
  for (let bits = 0; bits < 2 ** labels.length; bits++) yield labels.filter((_, index) => bits & (1 << index))
}

function throws(act: () => unknown): boolean {
  try {
    act()
    return false
  } catch (error) {
    if (error instanceof TypeError) return true
    throw error
  }
}
