import { createVerifier } from '@writ/core'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  CONTEXT_TOKEN,
  DRESSED_IDENTITY_TOKEN,
  IDENTITY_TOKEN,
  OTHER_KINDS_KEY,
} from '../src/conformance/other-kinds.ts'

type Biscuit = typeof import('@biscuit-auth/biscuit-wasm')
let biscuit: Biscuit

beforeAll(async () => {
  // It prints a line when it starts.
  vi.spyOn(console, 'log').mockImplementation(() => {})
  biscuit = await import('@biscuit-auth/biscuit-wasm')
})

/** Whether the reference implementation proves a token and allows what the policy says. */
function allowed(token: string, policy: string): boolean {
  const builder = new biscuit.AuthorizerBuilder()
  builder.addCode(`time(2000000000); actor("org:alice"); resource("invoices"); operation("read"); ${policy}`)
  const [, hex = ''] = OTHER_KINDS_KEY.split('/')
  const key = biscuit.PublicKey.fromString(hex, biscuit.SignatureAlgorithm.Ed25519)
  const authorizer = builder.buildAuthenticated(biscuit.Biscuit.fromBase64(token, key))
  try {
    authorizer.authorizeWithLimits({ max_time_micro: 60_000_000 })
    return true
  } catch {
    return false
  }
}

describe('the tokens of other kinds', () => {
  it.each([
    ['an identity', () => IDENTITY_TOKEN, 'allow if subject("org:alice")'],
    ['a context', () => CONTEXT_TOKEN, 'allow if context("alice")'],
    ['an identity with a right appended', () => DRESSED_IDENTITY_TOKEN, 'allow if subject("org:alice")'],
  ])('are valid for the reference implementation: %s', (_name, token, policy) => {
    expect(allowed(token(), `${policy};`)).toBe(true)
    expect(allowed(token(), 'allow if nothing("at all");')).toBe(false)
  })

  it.each([
    ['an identity', IDENTITY_TOKEN],
    ['a context', CONTEXT_TOKEN],
    ['an identity with a right appended', DRESSED_IDENTITY_TOKEN],
  ])('are proven by a verifier, and are no capability for it: %s', async (_name, token) => {
    const refused = createVerifier({ keys: OTHER_KINDS_KEY, anchor: null, now: () => 2_000_000_000 }).prove(token)
    await expect(refused).rejects.toMatchObject({ code: 'wrong_kind', publicCode: 'wrong_kind' })
  })
})
