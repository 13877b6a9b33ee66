import { attenuate, createVerifier } from '@writ/core'
import { describe, expect, test } from 'vitest'
import { checkPolicyAgainstSchema, diffPolicy, PolicyError, parsePolicy, parseSchema } from '../src/index.ts'
import { engineOf, keys, NOW, refusalOf } from './support/policies.ts'

const SCHEMA = parseSchema(`
[[targets]]
id = "stock"
operations = [{ name = "reserve", designations = { required = ["tenantId", "sku"], optional = ["bin"] } }]
`)
const RESERVE = { subject: 'service:orders', target: 'stock', operation: 'reserve' } as const

/** A policy of one service, and perhaps a worker below it, each with the labels that are left to it. */
function policyOf(service: readonly string[], worker?: readonly string[]): string {
  const entry = (id: string, left: readonly string[], more = '') =>
    `[[objects]]\nid = "${id}"\n${more}capabilities = [
      { target = "stock", operations = ["reserve"], left_to_holder = ${JSON.stringify(left)} }]\n`
  const child = worker === undefined ? '' : entry('service:orders:worker', worker, 'parent = "service:orders"\n')
  return entry('service:orders', service) + child
}

describe('labels that a policy leaves to the holder', () => {
  test('may be missing from a mint, and the guard refuses the capability until the holder has named them', async () => {
    const { capability } = await engineOf(policyOf(['tenantId', 'sku']), { schema: SCHEMA }).mint(RESERVE)
    const now = () => NOW
    const verifier = createVerifier({ keys: keys.publicKey, anchor: null, now })
    const designations = { tenantId: 'acme', sku: 'tea' }
    const request = { resource: 'stock', operation: 'reserve', designations }
    await expect(verifier.verify(capability, request)).rejects.toMatchObject({ code: 'undesignated' })
    const narrow = await attenuate(capability, keys.publicKey, { designations, now })
    expect(await verifier.verify(narrow, request)).toMatchObject({ subject: 'service:orders' })
    const elsewhere = { ...request, designations: { ...designations, tenantId: 'globex' } }
    await expect(verifier.verify(narrow, elsewhere)).rejects.toMatchObject({ code: 'wrong_designation' })
  })

  test('do not make up for a label that is not listed', async () => {
    const engine = engineOf(policyOf(['sku']), { schema: SCHEMA })
    const error = await refusalOf(engine.mint(RESERVE))
    expect([error.step, error.code, error.label]).toEqual(['schema', 'missing_designation', 'tenantId'])
    expect((await engine.mint({ ...RESERVE, designations: { tenantId: 'acme' } })).designations).toEqual({
      tenantId: 'acme',
    })
  })

  test.each([
    ['that its parent must name', ['sku'], ['tenantId', 'sku']],
    ['that only its parent may leave out', ['tenantId', 'sku'], ['sku']],
  ])('are not left to a child for a label %s', async (_, parent, child) => {
    const engine = engineOf(policyOf(parent, child), { schema: SCHEMA })
    const error = await refusalOf(engine.mint({ ...RESERVE, subject: 'service:orders:worker' }))
    expect([error.step, error.code, error.label]).toEqual(['schema', 'missing_designation', 'tenantId'])
  })

  test.each(['tenantId sku', { includes: () => true }, 7, null])(
    'are refused as unavailable where a policy of another kind says %j instead of a list',
    async (left) => {
      const listed = parsePolicy(policyOf([]))
      const find = (subject: string) => {
        const entry = listed.find(subject)
        if (entry === undefined) return undefined
        const { identity } = entry
        const grant = () => ({ ...entry.grants()[0]!, leftToHolder: left as never })
        return { identity, grant, grants: () => entry.grants() }
      }
      const error = await refusalOf(engineOf('', { schema: SCHEMA, policy: { ...listed, find } }).mint(RESERVE))
      expect([error.step, error.code]).toEqual(['policy', 'unavailable'])
    },
  )

  test('are refused by a schema that does not know them', () => {
    const faults = checkPolicyAgainstSchema(parsePolicy(policyOf(['tenantId', 'shelf'])), SCHEMA)
    expect(faults.map(({ rule, key }) => [rule, key])).toEqual([['unknown_label', 'capabilities[0].left_to_holder']])
  })

  test.each([
    ['anchor', 'reserved_designation', '["anchor"]'],
    ['region', 'wrong_value', '["region"], designations = [{ label = "region", value = "eu" }]'],
    ['not a list', 'wrong_type', '"tenantId"'],
  ])('are refused for %s as %s', (_, rule, value) => {
    const toml = `[[objects]]\nid = "a:b"\ncapabilities = [{ target = "t", operations = ["r"], left_to_holder = ${value} }]`
    expect(() => parsePolicy(toml)).toThrow(PolicyError)
    try {
      parsePolicy(toml)
    } catch (error) {
      expect((error as PolicyError).faults.map((fault) => fault.rule)).toEqual([rule])
    }
  })

  test('are a gain of the subject when a policy adds them', async () => {
    const [before, after] = [parsePolicy(policyOf([])), parsePolicy(policyOf(['tenantId']))]
    expect((await diffPolicy(before, after)).subjects).toMatchObject([
      { subject: 'service:orders', gains: [{ leftToHolder: ['tenantId'] }], loses: [] },
    ])
    expect((await diffPolicy(after, before)).subjects).toMatchObject([
      { subject: 'service:orders', gains: [], loses: [{ leftToHolder: ['tenantId'] }] },
    ])
  })
})
