import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { guardUpgrade, unguardedUpgrades } from '../../src/index.ts'
import { publicKey, token } from '../support.ts'
import { guarded, listen, openSocket } from '../support-upgrade.ts'

const guard = (server: ReturnType<typeof createServer>, more: object = {}) =>
  guardUpgrade(server, { keys: publicKey, anchor: null, routes: {}, ...more })

describe('the upgrades of a server', () => {
  it('unguardedUpgrades names a WebSocketServer, which opens sockets for everybody', async () => {
    const server = createServer()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (client) => client.send('come in'))
    expect(await openSocket(await listen(server), '/acme/events/7')).toMatchObject({ message: 'come in' })
    expect(unguardedUpgrades(server)).toHaveLength(1)
  })

  it('unguardedUpgrades is empty where nothing listens, or only the guard', () => {
    const server = createServer()
    expect(unguardedUpgrades(server)).toEqual([])
    guard(server)
    expect(server.listenerCount('upgrade')).toBe(1)
    expect(unguardedUpgrades(server)).toEqual([])
  })
})

describe('a guard of upgrades', () => {
  it('a guard of upgrades does not start beside another listener', () => {
    const server = createServer()
    new WebSocketServer({ server })
    expect(() => guard(server)).toThrow(
      /^server: a listener for "upgrade" \(upgrade\) would open what no guard has let pass/,
    )
    expect(server.listenerCount('upgrade')).toBe(1)
  })

  it('a guard of upgrades keeps out listeners that are added later, in any way', async () => {
    const { server, port } = await guarded()
    const openAll = () => {}
    for (const add of ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'] as const)
      expect(() => server[add]('upgrade', openAll)).toThrow(/^server: a listener for "upgrade" \(openAll\)/)
    expect(() => new WebSocketServer({ server })).toThrow(TypeError)
    expect(server.listenerCount('upgrade')).toBe(1)
    server.on('close', openAll)
    expect(await openSocket(port, '/acme/events/7')).toMatchObject({ status: 401 })
    expect(await openSocket(port, '/acme/events/7', { token: await token() })).toMatchObject({ message: 'hello alice' })
  })

  it('a guard of upgrades accepts allowed listeners, added before and after it', () => {
    const [before, after] = [() => {}, () => {}]
    const server = createServer().on('upgrade', before)
    guard(server, { allow: [before, after] })
    server.on('upgrade', after)
    expect(unguardedUpgrades(server)).toEqual([])
    expect(server.listenerCount('upgrade')).toBe(3)
  })

  it('a server has only one guard of upgrades', () => {
    const server = createServer()
    guard(server)
    expect(() => guard(server)).toThrow(/^server: its upgrades are guarded already/)
  })

  const route = { requirement: { resource: 'events' }, accept: () => {} }
  const designate = ['tenantId']
  it.each<[string, Record<string, unknown>]>([
    ['keys: is required', { keys: undefined }],
    ['realmm: unknown option', { realmm: 'x' }],
    ['refuse: unknown option', { refuse: 'answer' }],
    ['tokenFrom.header: must be the name of a header', { tokenFrom: { header: '' } }],
    ['tokenFrom.protocol: must be the beginning of a subprotocol', { tokenFrom: { protocol: 'a b' } }],
    ['tokenFrom.header: unknown option', { tokenFrom: { protocol: 'writ.', header: 'x-token' } }],
    ['tokenFrom: must be an object', { tokenFrom: 'x-token' }],
    ['allow: must be an array of functions', { allow: () => {} }],
    ['allow: must be a function', { allow: ['upgrade'] }],
    ['routes: must be an object', { routes: undefined }],
    ['routes: must be an object', { routes: [] }],
    ['routes: "events": must be texts and :names', { routes: { events: route } }],
    ['routes: "/\\*": must be texts and :names', { routes: { '/*': route } }],
    ['routes: "/:a-b": must be texts and :names', { routes: { '/:a-b': route } }],
    ['routes: "/:id/:id": a name must not come twice', { routes: { '/:id/:id': route } }],
    ['routes: "/": must be an object', { routes: { '/': () => {} } }],
    ['routes: "/": capability: unknown option', { routes: { '/': { ...route, capability: {} } } }],
    ['routes: "/": accept: must be a function', { routes: { '/': { requirement: 'public' } } }],
    ['requirement: must be an object', { routes: { '/': { accept: () => {} } } }],
    ['requirement: an array must hold at least one', { routes: { '/': { ...route, requirement: [] } } }],
    ['resource: is required', { routes: { '/': { ...route, requirement: {} } } }],
    [
      'routes: "/": designate: "tenantId" is not a param of this path',
      { routes: { '/': { ...route, requirement: { resource: 'a', designate } } } },
    ],
  ])('guardUpgrade throws a TypeError "%s" for %j', (message, options) => {
    const server = createServer()
    expect(() => guard(server, options)).toThrow(TypeError)
    expect(() => guard(server, options)).toThrow(new RegExp(`^${message}`))
    expect(server.listenerCount('upgrade')).toBe(0)
    expect(() => guardUpgrade(server, undefined as never)).toThrow(/^options: must be an object/)
  })
})
