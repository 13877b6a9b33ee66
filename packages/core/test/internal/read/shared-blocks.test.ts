import { expect, it } from 'vitest'
import { activate, createVerifier, mintCapability } from '../../../src/index.ts'
import { fact } from '../../support/forge/datalog.ts'
import { appendBlock } from '../../support/forge/forge.ts'
import { activator, root } from '../../support/keys.ts'
import { expectRefused, NOW } from '../../support/verify.ts'

const now = () => NOW

it('a holder cannot activate a token himself after its activated twin was verified', async () => {
  const right = { subject: 'alice', resource: 'invoices', operation: 'read', activator: activator.publicKey, now }
  const latent = await mintCapability(right, root.privateKey)
  const active = await activate(latent, { keys: root.publicKey, privateKey: activator.privateKey }, { now })
  const byHolder = appendBlock(latent, { facts: [fact('activation', NOW)] })
  const verifier = createVerifier({ keys: root.publicKey, anchor: null, now })
  const request = { resource: 'invoices', operation: 'read' }
  await expect(verifier.verify(active, request)).resolves.toMatchObject({ subject: 'alice' })
  await expectRefused(verifier.verify(byHolder, request), { code: 'not_activated' }, byHolder)
})
