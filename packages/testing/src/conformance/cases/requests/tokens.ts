import assert from 'node:assert/strict'
import { createRevocationList, revocationIds } from '@writ/core'
import { createTestAuthority } from '../../../create-test-authority.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { CONTEXT_TOKEN, DRESSED_IDENTITY_TOKEN, IDENTITY_TOKEN, OTHER_KINDS_KEY } from '../../other-kinds.ts'
import { ANCHOR, INVOICE, type Scenario } from '../../scene.ts'

/** A case in which a token that is valid but for `options` is refused with `code`. */
function refused(
  name: string,
  options: Parameters<Parameters<Scenario['run']>[0]['token']>[0],
  code: Parameters<typeof expectRefusal>[1],
): Scenario {
  return {
    name,
    async run(scene) {
      expectRefusal(await scene.get(INVOICE, await scene.token(options)), code)
      assert.deepEqual(scene.runs, [])
    },
  }
}

const revoked = (block: number): Scenario => {
  const revocation = createRevocationList()
  return {
    name: `a token is refused when block ${block} of it is revoked`,
    app: () => ({ options: { revocation } }),
    async run(scene) {
      const broad = await scene.token({ designations: { tenantId: 'acme' } })
      const narrow = await scene.authority.attenuate(broad, { designations: { invoiceId: '7' } })
      expectPass(await scene.get(INVOICE, narrow))
      revocation.revoke(revocationIds(narrow)[block] ?? '')
      expectRefusal(await scene.get(INVOICE, narrow), 'revoked')
      // The broad token stays valid unless the revoked block is one of its own.
      expectRefusal(await scene.get(INVOICE, broad), block === 0 ? 'revoked' : 'undesignated')
    },
  }
}

const otherKind = (name: string, token: string): Scenario => ({
  name: `${name} is refused where a capability is required`,
  app: () => ({ options: { keys: OTHER_KINDS_KEY } }),
  async run(scene) {
    expectRefusal(await scene.get(INVOICE, token), 'wrong_kind')
  },
})

/** What a token must be to pass. */
export const tokens: readonly Scenario[] = [
  {
    name: 'a token that names the object of the request passes, and the handler sees what was proven',
    async run(scene) {
      const { subject, designations, params } = expectPass(await scene.get(INVOICE, await scene.token()))
      const named = { tenantId: 'acme', invoiceId: '7' }
      assert.deepEqual([subject, designations, params], ['alice', named, named])
    },
  },
  {
    name: 'a token that was narrowed offline passes for what it was narrowed to, and for nothing else',
    async run(scene) {
      const broad = await scene.token({ designations: {} })
      const narrow = await scene.authority.attenuate(broad, { designations: { tenantId: 'acme', invoiceId: '7' } })
      expectPass(await scene.get(INVOICE, narrow))
      expectRefusal(await scene.get('/acme/invoices/8', narrow), 'wrong_designation')
      expectRefusal(await scene.get(INVOICE, broad), 'undesignated')
    },
  },
  refused('a token for another resource is refused', { resource: 'orders' }, 'wrong_resource'),
  refused('a token for another operation is refused', { operation: 'write' }, 'wrong_operation'),
  refused(
    'a token of another tenant is refused',
    { designations: { tenantId: 'globex', invoiceId: '7' } },
    'wrong_designation',
  ),
  refused(
    'a token for another object is refused',
    { designations: { tenantId: 'acme', invoiceId: '8' } },
    'wrong_designation',
  ),
  refused('a token that does not name its object is refused', { designations: { tenantId: 'acme' } }, 'undesignated'),
  refused(
    'a token that demands what the route does not supply is refused',
    { designations: { tenantId: 'acme', invoiceId: '7', region: 'eu' } },
    'missing_designation',
  ),
  refused('a token that is anchored at another service is refused', { anchor: 'service:orders' }, 'wrong_anchor'),
  refused('a token that is anchored nowhere is refused', { anchor: undefined }, 'wrong_anchor'),
  {
    name: 'a token that is anchored nowhere passes where allowUnanchored says so',
    app: () => ({ options: { anchor: ANCHOR, allowUnanchored: true } }),
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token({ anchor: undefined })))
      expectRefusal(await scene.get(INVOICE, await scene.token({ anchor: 'service:orders' })), 'wrong_anchor')
    },
  },
  {
    name: 'a token passes in its last second and is expired one second later',
    async run(scene) {
      const token = await scene.token({ expiresIn: 30 })
      scene.authority.advance(29)
      expectPass(await scene.get(INVOICE, token))
      scene.authority.advance(1)
      expectRefusal(await scene.get(INVOICE, token), 'expired')
      scene.authority.advance(1)
      expectRefusal(await scene.get(INVOICE, token), 'expired')
    },
  },
  {
    name: 'clockTolerance lengthens the life of a token by so many seconds',
    app: () => ({ options: { clockTolerance: 5 } }),
    async run(scene) {
      const token = await scene.token({ expiresIn: 30 })
      scene.authority.advance(34)
      expectPass(await scene.get(INVOICE, token))
      scene.authority.advance(1)
      expectRefusal(await scene.get(INVOICE, token), 'expired')
    },
  },
  revoked(0),
  revoked(1),
  {
    name: 'a token of another authority is refused as one with a wrong signature, even if more is wrong',
    async run(scene) {
      const mallory = await createTestAuthority({ now: scene.authority.now() - 1000 })
      const token = await mallory.mint({ subject: 'mallory', resource: 'orders', operation: 'write' })
      expectRefusal(await scene.get(INVOICE, token), 'invalid_signature')
    },
  },
  {
    name: 'a token of an unknown root key is answered as one with a wrong signature',
    app: ({ publicKey }) => ({ options: { keys: new Map([[1, publicKey]]) } }),
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token({ rootKeyId: 1 })))
      expectRefusal(await scene.get(INVOICE, await scene.token({ rootKeyId: 2 })), 'invalid_signature')
      expectRefusal(await scene.get(INVOICE, await scene.token()), 'invalid_signature')
    },
  },
  otherKind('an identity', IDENTITY_TOKEN),
  otherKind('a context', CONTEXT_TOKEN),
  otherKind('an identity to which its holder appended a right', DRESSED_IDENTITY_TOKEN),
]
