// An issuer of assertions, as a process of its own: `node issuer-process.ts`. It prints where it listens. Its routes below
// `/test` are for tests; nothing else does what no real issuer would do.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose'

interface IssuerKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

let url = ''
let keys: readonly IssuerKey[] = []
let mode = 'normal'
let asked = 0

async function rotate(): Promise<void> {
  const round = crypto.randomUUID().slice(0, 8)
  keys = await Promise.all(
    ['RS256', 'ES256'].map(async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
      const kid = `${alg}-${round}`
      return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
    }),
  )
}

/** A body of fifty megabytes, in pieces. */
function endless(): Response {
  let left = 800
  const piece = new Uint8Array(64 * 1024).fill(32)
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(piece)
        else controller.close()
      },
    }),
  )
}

const app = new Hono()
app.get('/.well-known/openid-configuration', (context) => context.json({ issuer: url, jwks_uri: `${url}/keys` }))
app.get('/keys', async (context) => {
  asked++
  if (mode === 'down') return context.text('no', 500)
  if (mode === 'silent') return new Promise<Response>(() => undefined)
  if (mode === 'redirect') return context.redirect('/other-keys')
  if (mode === 'endless') return endless()
  if (mode === 'no json') return context.text('keys')
  const [first] = keys
  if (mode === 'many') return context.json({ keys: Array.from({ length: 10_000 }, () => first?.jwk) })
  if (mode === 'hundreds') return context.json({ keys: Array.from({ length: 200 }, () => ({ kty: 'EC' })) })
  return context.json({ keys: keys.map(({ jwk }) => jwk) })
})
app.get('/other-keys', (context) => context.json({ keys: keys.map(({ jwk }) => jwk) }))
app.post('/test/rotate', async (context) => context.json(await rotate().then(() => ({}))))
app.post('/test/mode/:mode', (context) => {
  mode = context.req.param('mode')
  return context.json({})
})
app.get('/test/asked', (context) => context.json({ asked }))
app.get('/test/public-key', async (context) => context.text(await exportSPKI((keys[0] as IssuerKey).publicKey)))
app.post('/test/sign', async (context) => {
  const {
    alg = 'RS256',
    claims,
    header = {},
  } = await context.req.json<{
    alg?: string
    claims: Record<string, unknown>
    header?: Partial<JWTHeaderParameters>
  }>()
  const key = keys.find((candidate) => candidate.alg === alg) as IssuerKey
  const signer = new SignJWT(claims).setProtectedHeader({ alg, kid: key.kid, typ: 'JWT', ...header })
  return context.text(await signer.sign(key.privateKey))
})

await rotate()
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  url = `http://127.0.0.1:${port}`
  console.log(url)
})
