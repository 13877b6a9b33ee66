import assert from 'node:assert/strict'
import { createTestAuthority } from '../../../create-test-authority.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import type { RawResponse } from '../../raw-request.ts'
import { INVOICE, type Scenario, type Scene } from '../../scene.ts'

/** A GET of the invoice with Authorization headers made of a good token. */
async function present(scene: Scene, ...credentials: ((token: string) => string)[]): Promise<RawResponse> {
  const token = await scene.token()
  return scene.send({
    path: INVOICE,
    headers: credentials.map((credential) => ['Authorization', credential(token)] as const),
  })
}

/** A case in which such headers are refused. */
function refused(
  name: string,
  code: 'missing_token' | 'malformed_token' | 'invalid_signature',
  ...credentials: ((token: string) => string)[]
): Scenario {
  return {
    name,
    async run(scene) {
      expectRefusal(await present(scene, ...credentials), code)
      assert.deepEqual(scene.runs, [])
    },
  }
}

const passes = (name: string, credential: (token: string) => string): Scenario => ({
  name,
  async run(scene) {
    expectPass(await present(scene, credential))
  },
})

/** How a token must be presented. */
export const credentials: readonly Scenario[] = [
  refused('a request without a credential is answered 401', 'missing_token'),
  refused('an empty Authorization header is not a credential', 'missing_token', () => ''),
  refused('a credential of another scheme is not a Bearer credential', 'missing_token', () => 'Basic YWxpY2U6c2VjcmV0'),
  refused(
    'a credential of another scheme with a comma in it is not a Bearer credential',
    'missing_token',
    () => 'Digest a="b", c="d"',
  ),
  refused('a scheme that begins with Bearer is another scheme', 'missing_token', (token) => `BearerX ${token}`),
  refused('a Bearer scheme without a token is not a credential', 'missing_token', () => 'Bearer'),
  refused('a Bearer scheme with nothing but spaces is not a credential', 'missing_token', () => 'Bearer   '),
  refused('a token without a scheme is not a Bearer credential', 'missing_token', (token) => token),
  passes('the scheme is compared without case', (token) => `bearer ${token}`),
  passes('the scheme is compared without case, in capitals too', (token) => `BEARER ${token}`),
  passes('several spaces may follow the scheme', (token) => `Bearer   ${token}`),
  passes('the padding of a token may be left out', (token) => `Bearer ${token.replace(/=+$/, '')}`),
  refused('an Authorization header that is sent twice is refused', 'malformed_token', ...twice('Bearer', 'Bearer')),
  refused('a second Authorization header of another scheme is refused', 'malformed_token', ...twice('Bearer', 'Basic')),
  refused('a Bearer credential after one of another scheme is refused', 'malformed_token', ...twice('Basic', 'Bearer')),
  refused(
    'two credentials joined by a comma are refused',
    'malformed_token',
    (token) => `Bearer ${token}, Bearer ${token}`,
  ),
  refused(
    'a Bearer credential joined to another scheme is refused',
    'malformed_token',
    (t) => `Basic eA==, Bearer ${t}`,
  ),
  refused('a token with a space in it is refused', 'malformed_token', (token) => `Bearer ${token} ${token}`),
  refused('a token that is not base64 is refused', 'malformed_token', () => 'Bearer nonsense!'),
  refused('a token that is base64 of something else is refused', 'malformed_token', () => 'Bearer bm9uc2Vuc2U='),
  refused('a token that is cut off is refused', 'malformed_token', (token) => `Bearer ${token.slice(0, -8)}`),
  refused('a token that is cut in half is refused', 'malformed_token', (t) => `Bearer ${t.slice(0, t.length / 2)}`),
  refused('a token in the other base64 alphabet is refused', 'malformed_token', () => `Bearer ${'+/'.repeat(40)}`),
  refused('a large token is refused', 'malformed_token', () => `Bearer ${'A'.repeat(12_000)}`),
  {
    name: 'a token that is larger than a server lets headers be by default is refused, by the server or by the guard',
    async run(scene) {
      const response = await scene.send({ path: INVOICE, token: 'A'.repeat(20_000) })
      if (response.status !== 431) expectRefusal(response, 'malformed_token')
      assert.deepEqual(scene.runs, [])
    },
  },
  {
    name: 'a token in the query is not a credential',
    async run(scene) {
      const token = await scene.token()
      expectRefusal(await scene.get(`${INVOICE}?access_token=${token}`), 'missing_token')
    },
  },
  {
    name: 'tokenFrom takes the token from a header of its own and from nowhere else',
    app: () => ({ options: { tokenFrom: { header: 'X-Capability' } } }),
    async run(scene) {
      const token = await scene.token()
      const header = ['x-capability', token] as const
      expectPass(await scene.send({ path: INVOICE, headers: [header] }))
      expectPass(await scene.send({ path: INVOICE, headers: [header], token: 'whatever' }))
      expectRefusal(await scene.get(INVOICE, token), 'missing_token')
      expectRefusal(await scene.send({ path: INVOICE, headers: [['x-capability', '']] }), 'missing_token')
      expectRefusal(await scene.send({ path: INVOICE, headers: [header, header] }), 'malformed_token')
    },
  },
  {
    name: 'two valid tokens in one request are refused, in either order',
    async run(scene) {
      const mallory = await createTestAuthority()
      const other = await mallory.mint({ subject: 'mallory', resource: 'invoices', operation: 'read' })
      expectRefusal(
        await present(
          scene,
          (token) => `Bearer ${token}`,
          () => `Bearer ${other}`,
        ),
        'malformed_token',
      )
      expectRefusal(
        await present(
          scene,
          () => `Bearer ${other}`,
          (token) => `Bearer ${token}`,
        ),
        'malformed_token',
      )
    },
  },
]

function twice(first: string, second: string): ((token: string) => string)[] {
  return [first, second].map((scheme) => (token) => (scheme === 'Bearer' ? `Bearer ${token}` : `${scheme} eA==`))
}
