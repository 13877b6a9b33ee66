import { createTestAuthority } from '@writ/testing'
import express, { type RequestHandler } from 'express'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { assertGuarded, optionalCapability, writ } from '../src/index.ts'
import { serve } from './serve.ts'

const { privateKey, publicKey } = await generateKeyPair('EdDSA')
const jwtFor = (tenantId: string) => new SignJWT({ tenantId }).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey)

/** What a service has that moves from JWT: it judges the tenant by a claim. */
const jwt: RequestHandler = async (req, res, next) => {
  const [, token = ''] = (req.headers.authorization ?? '').split(' ')
  const verified = await jwtVerify(token, publicKey).catch(() => undefined)
  if (verified === undefined) res.sendStatus(401)
  else if (verified.payload['tenantId'] !== req.params['tenantId']) res.sendStatus(403)
  else next()
}

it('JWT and capability are accepted side by side, and each is judged by its own rules alone', async () => {
  const authority = await createTestAuthority()
  const tokenFrom = { header: 'x-capability' }
  const guard = writ({
    keys: authority.publicKey,
    now: authority.now,
    anchor: 'service:billing',
    tokenFrom,
    log: false,
  })
  const orJwt: RequestHandler = (req, res, next) => {
    if (optionalCapability(req) === undefined) jwt(req, res, next)
    else next()
  }
  const app = express()
  const invoices = guard({ resource: 'invoices', designate: ['tenantId'], optional: true })
  app.get('/:tenantId/invoices', invoices, orJwt, (req, res) => {
    res.json({ tenantId: req.params['tenantId'] })
  })
  assertGuarded(app)
  const { send } = await serve(app)
  const mint = (tenantId: string) =>
    authority.mint({ resource: 'invoices', operation: 'read', anchor: 'service:billing', designations: { tenantId } })
  const [acme, globex] = [await mint('acme'), await mint('globex')]
  const bearer = async (tenantId: string) => ({ authorization: `Bearer ${await jwtFor(tenantId)}` })

  for (const [name, headers, status] of [
    ['nothing', {}, 401],
    ['a JWT of acme', await bearer('acme'), 200],
    ['a JWT of globex', await bearer('globex'), 403],
    ['a capability of acme', { 'x-capability': acme }, 200],
    ['a capability of globex', { 'x-capability': globex }, 403],
    ['a capability of globex and a JWT of acme', { 'x-capability': globex, ...(await bearer('acme')) }, 403],
    ['a capability of acme and a JWT of globex', { 'x-capability': acme, ...(await bearer('globex')) }, 200],
    ['a broken capability and a JWT of acme', { 'x-capability': `${acme}A`, ...(await bearer('acme')) }, 403],
    ['a capability in the place of the JWT', { authorization: `Bearer ${acme}` }, 401],
    ['a JWT in the place of the capability', { 'x-capability': await jwtFor('acme') }, 403],
  ] as const) {
    expect([name, (await send('/acme/invoices', { headers })).status]).toEqual([name, status])
  }
})
