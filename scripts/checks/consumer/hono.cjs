// What a user's Hono service does, given the packages however it got them, over a real server where the runtime has one for fetch.
const assert = require('node:assert/strict')

/** `{ url, close }`; without a server of that kind, requests go straight to the app. */
function serve(fetch) {
  const { Bun, Deno } = globalThis
  if (Bun) {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch })
    return { url: `http://127.0.0.1:${server.port}`, request: globalThis.fetch, close: () => server.stop(true) }
  }
  if (Deno) {
    const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, (request) => fetch(request))
    return { url: `http://127.0.0.1:${server.addr.port}`, request: globalThis.fetch, close: () => server.shutdown() }
  }
  return { url: 'http://localhost', request: (url, init) => fetch(new Request(url, init)), close() {} }
}

exports.service = async ({ core, writ, hono }) => {
  const { publicKey, privateKey } = await core.generateKeyPair()
  const minted = await core.mintCapability(
    { subject: 'user:alice', resource: 'invoices', operation: 'read' },
    privateKey,
  )
  const narrowing = { designations: { tenantId: 'acme' }, anchor: 'service:gateway' }
  const bearer = { authorization: `Bearer ${await core.attenuate(minted, publicKey, narrowing)}` }

  const guard = writ.writ(() => ({ keys: publicKey, anchor: 'service:gateway' }))
  const app = new hono.Hono()
  app.get('/healthz', guard.public(), (c) => c.text('ok'))
  app.get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), (c) =>
    c.json({ readBy: writ.capability(c).subject }),
  )
  writ.assertGuarded(app)
  const sub = new hono.Hono()
    .onError((error) => new Response(error.message))
    .get('/a', guard.public(), (c) => c.text('ok'))
  const open = new hono.Hono().route('/sub', sub).mount('/legacy', () => new Response('ok'))
  open.get('/legacy/x', (c) => c.text(writ.capability(c).subject))
  assert.throws(() => writ.assertGuarded(open), {
    name: 'TypeError',
    message:
      'app: not every route is guarded\n  ALL /legacy/* (mount) is not guarded\n  GET /legacy/x (anonymous) is not guarded',
  })
  assert.equal(await (await sub.request('/a')).text(), 'ok')
  const { url, request, close } = serve((request) => app.fetch(request))
  try {
    const answer = async (path, headers = {}) => {
      const response = await request(`${url}${path}`, { headers })
      const { readBy, code } = await response.json()
      return [response.status, readBy ?? code]
    }
    assert.deepEqual(await answer('/acme/invoices', bearer), [200, 'user:alice'])
    assert.deepEqual(await answer('/globex/invoices', bearer), [403, 'wrong_designation'])
    assert.deepEqual(await answer('/%zz/invoices', bearer), [400, 'source_empty'])
    assert.deepEqual(await answer('/acme/invoices'), [401, 'missing_token'])
    assert.equal((await request(`${url}/healthz`)).status, 200)
    const unguarded = new hono.Hono().get('/:id', (c) => c.text(writ.capability(c).subject))
    unguarded.onError((error, c) => c.text(error.message))
    assert.match(await (await unguarded.request('/7')).text(), /^GET \/:id: no capability is attached/)
  } finally {
    await close()
  }
}
