import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { expectTypeOf, test } from 'vitest'
import { type AttachedCapability, guardUpgrade } from '../src/index.ts'

declare const server: Server
declare const secureServer: SecureServer

test('accept gets what Node hands over, and the capability', () => {
  const requirement = { resource: 'events' }
  guardUpgrade(server, {
    keys: '',
    anchor: null,
    routes: {
      '/': {
        requirement,
        accept: (request, socket, head, capability, params) => {
          expectTypeOf(request).toEqualTypeOf<IncomingMessage>()
          expectTypeOf(socket).toEqualTypeOf<Duplex>()
          expectTypeOf(head).toExtend<Buffer>()
          expectTypeOf(capability).toEqualTypeOf<AttachedCapability | undefined>()
          expectTypeOf(params['id']).toEqualTypeOf<string | undefined>()
        },
      },
    },
  })
  guardUpgrade(secureServer, {
    keys: '',
    anchor: null,
    routes: { '/': { requirement, accept: (request) => request.url } },
  })
})

test('a function of designate gets the request of Node', () => {
  guardUpgrade(server, {
    keys: '',
    anchor: null,
    routes: {
      '/': {
        requirement: { resource: 'events', designate: { tenant: (_view, request) => request.headers.host } },
        accept: () => {},
      },
    },
  })
})

test('a guard of upgrades answers itself', () => {
  // @ts-expect-error: no framework is there to answer
  guardUpgrade(server, { keys: '', routes: {}, refuse: 'error' })
  // @ts-expect-error: routes are required
  guardUpgrade(server, { keys: '' })
})
