// One adapter's service in a process of its own. It tells its parent what happens to connections, and how much memory is in use.
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { createRevocationList } from '@writ/core/verify'
import { ADAPTERS, type AdapterName } from './adapter-apps.ts'

/** What the parent says: the service to start, then what it asks for. */
export interface ServiceSettings {
  readonly adapter: AdapterName
  readonly publicKey: string
  readonly anchor: string
  readonly revoked: readonly string[]
}

/** What happens to the one request that is aborted at a time. */
export type Moment = 'connected' | 'begun' | 'waiting' | 'gone'

/** What the process says. */
export type Report =
  | { readonly url: string }
  | { readonly inUse: number }
  | { readonly moment: Moment }
  | { readonly stray: string }

const tell = (report: Report): void => void process.send?.(report)

for (const event of ['uncaughtException', 'unhandledRejection', 'warning'] as const) {
  process.on(event, (error: unknown) => tell({ stray: `${event}: ${error instanceof Error ? error.stack : error}` }))
}

let release: (() => void) | undefined
/** The slow hook: done as soon as a client has gone. */
function untilGone(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  release = resolve
  tell({ moment: 'waiting' })
  return promise
}

subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket }
  tell({ moment: 'connected' })
  socket.once('close', () => {
    release?.()
    release = undefined
    // After whatever the server does about it in this turn.
    setImmediate(() => tell({ moment: 'gone' }))
  })
})
let watched = false
subscribe('http.server.request.start', () => {
  if (watched) tell({ moment: 'begun' })
})

process.on('message', (message: ServiceSettings | 'memory' | 'watch') => {
  if (message === 'memory') tell({ inUse: inUse() })
  else if (message === 'watch') watched = true
  else void start(message)
})

function inUse(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function start({ adapter, publicKey, anchor, revoked }: ServiceSettings): Promise<void> {
  const url = await ADAPTERS[adapter]({
    options: {
      keys: publicKey,
      anchor,
      revocation: createRevocationList(revoked),
      onDecision: (_decision, { request }) => (request.path.includes('/slow/') ? untilGone() : undefined),
    },
    async lookUp(invoiceId) {
      await untilGone()
      return invoiceId
    },
  })
  tell({ url })
}
