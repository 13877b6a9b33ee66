import { createTestAuthority } from '../../../create-test-authority.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { ANCHOR, INVOICE, INVOICE_ROUTE, route, type Scenario } from '../../scene.ts'

const METADATA = 'https://api.example/.well-known/oauth-protected-resource'
const REQUIRED = {
  resource: 'invoices',
  operation: 'read',
  designations: ['tenantId', 'invoiceId'],
  anchor: ANCHOR,
}

/** What a refusal says about its route, and to whom. */
export const demands: readonly Scenario[] = [
  {
    name: 'a proven token that is refused learns what the route demands, so that its holder can narrow and try again',
    async run(scene) {
      const broad = await scene.token({ designations: {} })
      expectRefusal(await scene.get(INVOICE, broad), 'undesignated', { required: REQUIRED })
      const other = await scene.token({ resource: 'orders' })
      expectRefusal(await scene.get(INVOICE, other), 'wrong_resource', { required: REQUIRED })
      const designations = { tenantId: 'acme', invoiceId: '7' }
      expectPass(await scene.get(INVOICE, await scene.authority.attenuate(broad, { designations })))
    },
  },
  {
    name: 'of several requirements the refusal describes the one that got furthest',
    app: () => ({
      routes: [
        route('GET', INVOICE_ROUTE.path, {
          requirement: [{ resource: 'orders' }, { resource: 'invoices', operation: 'audit' }, { resource: 'reports' }],
        }),
      ],
    }),
    async run(scene) {
      const required = { resource: 'invoices', operation: 'audit', designations: [], anchor: ANCHOR }
      expectRefusal(await scene.get(INVOICE, await scene.token()), 'wrong_operation', { required })
    },
  },
  {
    name: 'a token that is not proven, has ended or is not there learns nothing of the route',
    async run(scene) {
      const mallory = await createTestAuthority()
      const forged = await mallory.mint({ resource: 'orders', operation: 'read' })
      expectRefusal(await scene.get(INVOICE), 'missing_token', { required: false })
      expectRefusal(await scene.get(INVOICE, 'nonsense'), 'malformed_token', { required: false })
      expectRefusal(await scene.get(INVOICE, forged), 'invalid_signature', { required: false })
      const expired = await scene.token({ resource: 'orders', expiresIn: 1 })
      scene.authority.advance(1)
      expectRefusal(await scene.get(INVOICE, expired), 'expired', { required: false })
    },
  },
  {
    name: 'disclose: false keeps what the route demands from everybody',
    app: () => ({ options: { disclose: false, resourceMetadata: METADATA } }),
    async run(scene) {
      const options = { required: false, resourceMetadata: METADATA } as const
      expectRefusal(await scene.get(INVOICE), 'missing_token', options)
      expectRefusal(await scene.get(INVOICE, await scene.token({ resource: 'orders' })), 'wrong_resource', options)
    },
  },
  {
    name: 'resourceMetadata is in every challenge, and lets it name the scope to everybody',
    app: () => ({ options: { resourceMetadata: METADATA } }),
    async run(scene) {
      const options = { resourceMetadata: METADATA, scope: 'invoices:read' }
      expectRefusal(await scene.get(INVOICE), 'missing_token', options)
      expectRefusal(await scene.get(INVOICE, 'nonsense'), 'malformed_token', options)
      const other = await scene.token({ resource: 'orders' })
      expectRefusal(await scene.get(INVOICE, other), 'wrong_resource', { ...options, required: REQUIRED })
    },
  },
]
