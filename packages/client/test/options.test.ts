import { generateKeyPair } from '@writ/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createClient } from '../src/index.ts'
import { keyOf, readRequest } from '../src/internal/mint/read-request.ts'

const { publicKey } = await generateKeyPair()
const GOOD = { url: 'https://authority.acme.example', keys: publicKey, identity: { secret: 'a-secret-of-alice' } }

it.each([
  [{ url: undefined }, /^url: must be a URL/],
  [{ url: '/v1' }, /^url: must be a URL/],
  [{ url: 'http://authority.acme.example' }, /^url: must begin with https:/],
  [{ url: 'http://127.0.0.1.mallory.example' }, /^url: must begin with https:/],
  [{ url: 'file:///etc/passwd', allowInsecure: true }, /^url: must begin with https:/],
  [{ url: 'https://alice:a-secret-of-alice@authority.acme.example' }, /^url: must be a URL, without credentials/],
  [{ url: 'https://authority.acme.example/?token=a-secret-of-alice' }, /^url: must be a URL, without credentials/],
  [{ keys: undefined }, /^keys: /],
  [{ keys: 'ed25519/00' }, /^keys: /],
  [{ identity: undefined }, /^identity: must be/],
  [{ identity: '' }, /^identity: must be/],
  [{ identity: {} }, /^identity: must be/],
  [{ identity: null }, /^identity: must be/],
  [{ identity: { secret: '' } }, /^identity\.secret: must not be empty without a snapshot/],
  [{ identity: { secret: 7 } }, /^identity\.secret: must be a text or a function/],
  [{ identity: { secret: 'a-secret-of-alice', snapshot: {} } }, /^identity\.snapshot: must have/],
  [{ identity: { secret: 'a-secret-of-alice', assertion: () => '' } }, /^identity\.secret: unknown/],
  [{ identity: { assertion: 'a-secret-of-alice' } }, /^identity\.assertion: must be a function/],
  [{ minimumLife: '15 s' }, /^minimumLife: must be/],
  [{ timeout: 0 }, /^timeout: must be/],
  [{ timeout: '2h' }, /^timeout: must be at most 600 seconds/],
  [{ maxCapabilities: 0 }, /^maxCapabilities: must be/],
  [{ maxCapabilities: Number.POSITIVE_INFINITY }, /^maxCapabilities: must be/],
  [{ services: { 'service:billing': 'billing' } }, /^services\.service:billing: must be an origin/],
  [{ services: { 'service:billing': 'data:text/plain,x' } }, /^services\.service:billing: must be an origin/],
  [{ allowInsecure: 1 }, /^allowInsecure: must be true or false/],
  [{ fetch: 'fetch' }, /^fetch: must be a function/],
  [{ now: 1_800_000_000 }, /^now: must be a function/],
  [{ token: 'a-secret-of-alice' }, /^options\.token: unknown/],
])('a wrong option is a TypeError that names it and shows no credential: %#', (wrong, message) => {
  const create = () => createClient({ ...GOOD, ...wrong } as never)
  expect(create).toThrow(TypeError)
  expect(create).toThrow(message)
  expect(create).not.toThrow(/a-secret-of-alice/)
})

it.each(['https://authority.acme.example/writ', 'http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000'])(
  'an authority may be at %s',
  (url) => {
    expect(() => createClient({ ...GOOD, url })).not.toThrow()
  },
)

it('an authority below a path is asked below that path', async () => {
  const asked: string[] = []
  const fetch = async (input: string | URL | Request) => {
    asked.push(String(input))
    return new Response('{}', { status: 401 })
  }
  const url = 'http://authority.acme.example/writ'
  await createClient({ ...GOOD, url, allowInsecure: true, fetch })
    .identity()
    .catch(() => {})
  expect(asked).toEqual(['http://authority.acme.example/writ/v1/identities'])
})

it('two requests have the same key only if they ask for the same', () => {
  const text = fc.string({ minLength: 1, unit: fc.constantFrom('a', '"', ',', ':', '[', ']', '\\', '\0', '=', 'é') })
  const optional = { requiredKeys: ['target', 'operation'] as ['target', 'operation'] }
  const request = fc.record(
    {
      target: text,
      operation: text,
      designations: fc.dictionary(text, text, { maxKeys: 3 }),
      anchor: text,
      expiresIn: fc.integer({ min: 1, max: 3 }),
    },
    optional,
  )
  const canonical = ({ designations = {}, ...rest }: Record<string, unknown>) => ({
    anchor: undefined,
    expiresIn: undefined,
    ...rest,
    designations: { ...(designations as object) },
  })
  fc.assert(
    fc.property(request, request, (one, other) => {
      const same = JSON.stringify(keyOf(readRequest(one))) === JSON.stringify(keyOf(readRequest(other)))
      let equal = true
      try {
        expect(canonical(one)).toEqual(canonical(other))
      } catch {
        equal = false
      }
      expect(same).toBe(equal)
    }),
  )
})

it('a request that is changed after it was made asks for what it was', () => {
  const request = { target: 'orders', operation: 'read', designations: { tenantId: 'acme' } }
  const question = readRequest(request)
  request.designations.tenantId = 'globex'
  expect(question.designations).toEqual([['tenantId', 'acme']])
})
