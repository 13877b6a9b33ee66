import { describe, expect, test } from 'vitest'
import { parsePolicy } from '../src/index.ts'
import { engineOf, keys, NOW, refusalOf } from './support/policies.ts'

describe('a chain of parents', () => {
  const chain = (parent: string, child: string) => `
[[objects]]
id = "agent:alice"
capabilities = [${parent}]
[[objects]]
id = "agent:alice:worker"
parent = "agent:alice"
capabilities = [${child}]
[[objects]]
id = "service:crm"
[[objects]]
id = "service:erp"
`
  const ask = { subject: 'agent:alice:worker', target: 'crm', operation: 'read' }
  const READS = '{ target = "crm", operations = ["read"] }'
  const ACME = '{ target = "crm", operations = ["read"], designations = [{ label = "tenantId", value = "acme" }] }'
  const AT_CRM = '{ target = "crm", operations = ["read"], anchor = "service:crm" }'
  const AT_SELF = '{ target = "crm", operations = ["read"], anchor_to_subject = true }'

  test.each([
    ['lacks the grant', '', READS, {}, 'ancestor_lacks_grant'],
    ['holds another operation', '{ target = "crm", operations = ["write"] }', READS, {}, 'ancestor_lacks_grant'],
    ['names an object', ACME, READS, {}, 'ancestor_names_other_object'],
    [
      'names an object, and the child another',
      ACME,
      READS,
      { designations: { tenantId: 'globex' } },
      'ancestor_names_other_object',
    ],
    ['has an anchor', AT_CRM, READS, {}, 'ancestor_has_other_anchor'],
    ['has an anchor, and the child another', AT_CRM, READS, { anchor: 'service:erp' }, 'ancestor_has_other_anchor'],
    ['is anchored to itself', AT_SELF, READS, {}, 'ancestor_has_other_anchor'],
  ])('refuses a child whose parent %s', async (_, parent, child, change, code) => {
    const error = await refusalOf(engineOf(chain(parent, child)).mint({ ...ask, ...change }))
    expect([error.step, error.code, error.ancestor]).toEqual(['chain', code, 'agent:alice'])
  })

  test.each([
    ['holds the same', READS, READS, {}],
    ['names the object that the child asks for', ACME, READS, { designations: { tenantId: 'acme' } }],
    ['has the anchor that the child asks for', AT_CRM, READS, { anchor: 'service:crm' }],
    ['is anchored to itself, and the child to the parent', AT_SELF, READS, { anchor: 'agent:alice' }],
    ['is anchored to itself, and the child to itself', AT_SELF, AT_SELF, {}],
  ])('allows a child whose parent %s', async (_, parent, child, change) => {
    await engineOf(chain(parent, child)).mint({ ...ask, ...change })
  })

  test('bounds the lifetime of a child by that of its ancestors', async () => {
    const parent = '{ target = "crm", operations = ["read"], max_ttl = 10 }'
    expect((await engineOf(chain(parent, READS)).mint(ask)).expiresAt).toBe(NOW + 10)
  })

  test('names the nearest ancestor that fails', async () => {
    const toml = `${chain('', READS)}\n[[objects]]\nid = "agent:alice:worker:sub"\nparent = "agent:alice:worker"\ncapabilities = [${READS}]`
    const error = await refusalOf(engineOf(toml).mint({ ...ask, subject: 'agent:alice:worker:sub' }))
    expect(error.ancestor).toBe('agent:alice')
  })

  test('stops all descendants at the next mint when an ancestor loses a capability', async () => {
    const engine = engineOf(chain(READS, READS))
    await engine.mint(ask)
    engine.reload({ policy: parsePolicy(chain('', READS)) })
    expect((await refusalOf(engine.mint(ask))).code).toBe('ancestor_lacks_grant')
  })

  test('takes the first declaration of an ancestor, also if a later one would do', async () => {
    const policy = parsePolicy(chain(`${AT_CRM}, ${READS}`, READS), { compat: 'hessra' })
    expect((await refusalOf(engineOf('', { policy }).mint(ask))).code).toBe('ancestor_has_other_anchor')
  })
})

describe('a name that the policy does not declare', () => {
  const toml = (subordinates: string) => `
[[objects]]
id = "agent:alice"
${subordinates}
capabilities = [{ target = "crm", operations = ["read"], anchor_to_subject = true }]
`
  const ask = { subject: 'agent:alice:worker:7', target: 'crm', operation: 'read' }

  test('has the rights of the nearest declared name above it if that one says so', async () => {
    const minted = await engineOf(toml('subordinates = "inherit"')).mint(ask)
    expect(minted).toMatchObject({ subject: 'agent:alice:worker:7', anchor: 'agent:alice:worker:7' })
  })

  test.each(['', 'subordinates = "declared"'])('is unknown with %j', async (subordinates) => {
    expect((await refusalOf(engineOf(toml(subordinates)).mint(ask))).code).toBe('unknown_subject')
  })

  test.each(['agent:alicex', 'agent:alice:', 'agent:alice::x', 'agent', 'xagent:alice:w'])(
    'is unknown if it is %j',
    async (subject) => {
      expect((await refusalOf(engineOf(toml('subordinates = "inherit"')).mint({ ...ask, subject }))).code).toBe(
        'unknown_subject',
      )
    },
  )

  test('gets nothing if a nearer declared name says nothing', async () => {
    const nearer = `${toml('subordinates = "inherit"')}\n[[objects]]\nid = "agent:alice:worker"\nparent = "agent:alice"`
    expect((await refusalOf(engineOf(nearer).mint(ask))).code).toBe('unknown_subject')
  })

  test('has an identity that is not delegatable', async () => {
    const engine = engineOf(toml('subordinates = "inherit"\ncan_delegate = true\nidentity = { delegatable = true }'))
    const error = await refusalOf(engine.mintIdentity({ subject: 'agent:alice:worker', delegatable: true }))
    expect([error.step, error.code]).toEqual(['policy', 'not_delegatable'])
  })
})

describe('an identity', () => {
  const toml =
    '[[objects]]\nid = "agent:alice"\ncan_delegate = true\nidentity = { ttl = 600, delegatable = true }\n[[objects]]\nid = "agent:bob"'

  test('lives as long as the policy says, and shorter if that is asked for', async () => {
    const { createIdentityVerifier } = await import('@writ/core')
    const verifier = createIdentityVerifier({ keys: keys.publicKey, now: () => NOW })
    const ends = await Promise.all(
      [undefined, '1m', '2h'].map(async (expiresIn) => {
        const token = await engineOf(toml).mintIdentity({ subject: 'agent:alice', expiresIn })
        return (await verifier.verify(token)).expiresAt - NOW
      }),
    )
    expect(ends).toEqual([600, 60, 600])
  })

  test('is refused for a subject that is not declared, and delegatable for one that may not delegate', async () => {
    expect((await refusalOf(engineOf(toml).mintIdentity({ subject: 'mallory' }))).code).toBe('unknown_subject')
    const error = await refusalOf(engineOf(toml).mintIdentity({ subject: 'agent:bob', delegatable: true }))
    expect(error.code).toBe('not_delegatable')
  })
})
