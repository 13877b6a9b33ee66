import { expect, test } from 'vitest'
import {
  attenuate,
  createDirectVerifier,
  createUseLedger,
  createVerifier,
  generateKeyPair,
  mintCapability,
  type VerifierOptions,
} from '../../src/index.ts'

const { publicKey, privateKey } = await generateKeyPair()
const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
const broad = await mintCapability(right, privateKey)
const narrow = await attenuate(broad, publicKey, { designations: { tenantId: 'acme' } })
const request = (tenantId: string) => ({ resource: 'invoices', operation: 'read', designations: { tenantId } })
const options: VerifierOptions = { keys: publicKey, anchor: null }

test('a direct verifier answers at once, and as a verifier does', async () => {
  const proof = createDirectVerifier(options).prove(narrow)
  if (proof instanceof Promise) throw new Error('nothing had to wait')
  const capability = proof.decide(request('acme'))
  expect(capability).toEqual(await createVerifier(options).verify(narrow, request('acme')))
  expect(proof.capability).toEqual((await createVerifier(options).prove(narrow)).capability)
})

test('a direct verifier throws at once what a verifier rejects with', () => {
  const verifier = createDirectVerifier(options)
  expect(() => verifier.prove('nonsense')).toThrow(expect.objectContaining({ code: 'malformed_token' }))
})

test('a token that was decided about for one tenant is refused for another, and good for the first again', async () => {
  const verifier = createDirectVerifier(options)
  const codeFor = async (tenantId: string) => {
    try {
      const { designations } = await (await verifier.prove(narrow)).decide(request(tenantId))
      return designations['tenantId']
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  expect(await codeFor('acme')).toBe('acme')
  expect(await codeFor('globex')).toBe('wrong_designation')
  expect(await codeFor('acme')).toBe('acme')
})

test('what one request leaves unbound is not taken as bound for the next', async () => {
  const proof = await createDirectVerifier(options).prove(broad)
  const loose = { ...request('acme'), allowUndesignated: true }
  expect((await proof.decide(loose)).designations).toEqual({})
  expect(() => proof.decide(request('acme'))).toThrow(expect.objectContaining({ code: 'undesignated' }))
})

test('the designations that are kept with a token cannot be changed, not even by who reads them', async () => {
  const proof = await createDirectVerifier(options).prove(narrow)
  const { designations } = await proof.decide(request('acme'))
  expect(Reflect.set(designations, 'tenantId', 'globex')).toBe(false)
  expect((await proof.decide(request('acme'))).designations).toEqual({ tenantId: 'acme' })
})

test('a direct verifier spends a single use once per run', async () => {
  const singleUse = createUseLedger()
  const once = await mintCapability({ ...right, singleUse }, privateKey)
  const proof = await createDirectVerifier({ ...options, singleUse }).prove(once)
  await proof.decide({ resource: 'invoices', operation: 'read' })
  const run = {}
  await proof.spend(run)
  await proof.spend(run)
  await expect((async () => proof.spend({}))()).rejects.toMatchObject({ code: 'already_used' })
})

test('a direct verifier waits for a key that is promised', async () => {
  const proof = createDirectVerifier({ ...options, keys: async () => publicKey }).prove(narrow)
  expect(proof).toBeInstanceOf(Promise)
  expect((await (await proof).decide(request('acme'))).subject).toBe('alice')
})
