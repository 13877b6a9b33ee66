// What a user's service does, given the packages however it got them: mint, attenuate, verify, guard a route.
const assert = require('node:assert/strict')
const { once } = require('node:events')

exports.service = async ({ core, verify, writ, express, fastifyWrit, fastify, redis, testing }) => {
  const { attenuate, generateKeyPair, mintCapability } = core
  const { publicKey, privateKey } = await generateKeyPair()
  const minted = await mintCapability({ subject: 'user:alice', resource: 'invoices', operation: 'read' }, privateKey)
  const token = await attenuate(minted, publicKey, { designations: { tenantId: 'acme' }, anchor: 'service:billing' })

  // Both entries are bundles, and yet share every class and function.
  for (const [name, value] of Object.entries(verify)) assert.equal(core[name], value, name)
  const verifier = verify.createVerifier({ keys: publicKey, anchor: 'service:billing' })
  const request = { resource: 'invoices', operation: 'read' }
  const capability = await verifier.verify(token, { ...request, designations: { tenantId: 'acme' } })
  assert.equal(capability.subject, 'user:alice')
  await assert.rejects(verifier.verify(token, { ...request, designations: { tenantId: 'globex' } }), (error) => {
    assert.ok(error instanceof core.CapabilityError)
    assert.equal(error.code, 'wrong_designation')
    return true
  })

  const guard = writ.writ({ keys: publicKey, anchor: 'service:billing' })
  const app = express()
  app.get('/:tenantId/invoices', guard({ resource: 'invoices', designate: ['tenantId'] }), (req, res) => {
    res.json({ readBy: writ.capability(req).subject })
  })
  writ.assertGuarded(app)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const get = (path, headers = {}) => fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers })
  const bearer = { authorization: `Bearer ${token}` }
  try {
    const allowed = await get('/acme/invoices', bearer)
    assert.equal(allowed.status, 200)
    assert.deepEqual(await allowed.json(), { readBy: 'user:alice' })
    assert.equal((await get('/globex/invoices', bearer)).status, 403)
    assert.equal((await get('/acme/invoices')).status, 401)
  } finally {
    server.close()
    server.closeAllConnections()
  }
  await serveByFastify({ writ: fastifyWrit.writ, fastify, publicKey, bearer })
  await shareByRedis({ core, redis, publicKey, token: minted })
  assert.ok(Object.keys(testing).length > 0)
}

/** Neither package of a client is installed: whatever has their methods will do. */
async function shareByRedis({ core, redis, publicKey, token }) {
  const keys = new Set()
  const client = {
    exists: async (asked) => asked.filter((key) => keys.has(key)).length,
    set: async (key) => keys.add(key) && 'OK',
    getDel() {},
  }
  const revocation = redis.createRedisRevocationList(client)
  const verifier = core.createVerifier({ keys: publicKey, anchor: null, revocation })
  await verifier.prove(token)
  await revocation.revoke(core.revocationIds(token)[0])
  await assert.rejects(verifier.prove(token), { code: 'revoked' })
  assert.throws(() => redis.createRedisUseLedger({}), TypeError)
}

async function serveByFastify({ writ, fastify, publicKey, bearer }) {
  const app = fastify()
  app.register(writ, { keys: publicKey, anchor: 'service:billing' })
  const capability = { resource: 'invoices', designate: ['tenantId'] }
  app.get('/:tenantId/invoices', { config: { capability } }, async (request) => ({
    readBy: request.capability.subject,
  }))
  const allowed = await app.inject({ url: '/acme/invoices', headers: bearer })
  assert.deepEqual([allowed.statusCode, allowed.json()], [200, { readBy: 'user:alice' }])
  assert.equal((await app.inject({ url: '/globex/invoices', headers: bearer })).statusCode, 403)
  assert.equal((await app.inject('/acme/invoices')).statusCode, 401)
  await app.close()

  const open = fastify()
  open.register(writ, { keys: publicKey, anchor: 'service:billing' })
  open.get('/forgotten', async () => 'ok')
  await assert.rejects(async () => open.ready(), /GET,HEAD \/forgotten is not guarded/)
}
