import { describe, expect, it } from 'vitest'
import { type CapabilityRequest, createVerifier, type VerifierOptions } from '../../src/index.ts'
import { capabilityBlock, designationCheck } from '../support/forge/datalog.ts'
import { mallory, root } from '../support/keys.ts'
import { capability, codeOf, NOW, READ_ACME, READ_INVOICES } from '../support/verify.ts'

const now = () => NOW
const tenant = { checks: [designationCheck('tenantId', 'acme')] }

describe('a verifier with `sync`', () => {
  const options = { keys: root.publicKey, anchor: null, now, sync: true } as const
  const synchronous = (more: Partial<VerifierOptions> = {}) => createVerifier({ ...options, ...more })

  it('verifySync returns what verify resolves to', async () => {
    const verifier = synchronous()
    const token = capability(capabilityBlock(), [tenant])
    expect(verifier.verifySync(token, READ_ACME)).toEqual(await verifier.verify(token, READ_ACME))
  })

  it('verifySync throws what verify rejects with', async () => {
    const verifier = synchronous()
    const forged = capability(capabilityBlock(), [], { root: mallory.privateKey })
    const late = capability(capabilityBlock({ expiration: NOW }))
    for (const [token, request] of [
      ['nonsense', READ_INVOICES],
      [forged, READ_INVOICES],
      [late, READ_INVOICES],
      [capability(), { ...READ_INVOICES, resource: 'orders' }],
    ] as const) {
      const code = await codeOf(verifier.verify(token, request))
      expect(() => verifier.verifySync(token, request)).toThrow(expect.objectContaining({ code }))
    }
  })

  it.each<[string, Partial<VerifierOptions>]>([
    ['keys', { keys: async () => root.publicKey }],
    ['revocation.isRevoked', { revocation: { isRevoked: async () => false } }],
    ['singleUse.consume', { singleUse: { issue() {}, consume: async () => true } }],
  ])('an asynchronous `%s` is refused when the verifier is created', (name, more) => {
    expect(() => synchronous(more)).toThrow(TypeError)
    expect(() => synchronous(more)).toThrow(`${name}: must not be asynchronous`)
  })

  it.each<[string, Partial<VerifierOptions>, CapabilityRequest]>([
    ['a key', { keys: () => Promise.resolve(root.publicKey) }, READ_INVOICES],
    ['revocation', { revocation: { isRevoked: () => Promise.resolve(false) } }, READ_INVOICES],
    ['a failing revocation', { revocation: { isRevoked: () => Promise.reject(new Error('down')) } }, READ_INVOICES],
    ['designations', {}, { ...READ_INVOICES, designations: () => Promise.resolve({}) }],
  ])('verifySync is unavailable where %s comes as a promise after all', (_part, more, request) => {
    const verify = () => synchronous(more).verifySync(capability(), request)
    expect(verify).toThrow(expect.objectContaining({ code: 'unavailable' }))
  })

  it('a verifier without `sync` has no verifySync', () => {
    expect(createVerifier({ keys: root.publicKey, anchor: null })).not.toHaveProperty('verifySync')
  })

  it('`sync` is true or false', () => {
    const build = () => createVerifier({ ...options, sync: 'yes' } as never)
    expect(build).toThrow('sync: must be true or false')
  })
})
