import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The address that a service knows, before servers that change: as a name of DNS, a proxy or a managed endpoint is. */
export interface Front {
  readonly url: string
  readonly port: number
  /** How many commands of a name reached it. */
  count(command: string): number
  /** How many connections it took. */
  connections(): number
  /** While it is mute, it takes connections and commands, and nothing gets through until later. */
  mute(on: boolean): void
  /** Leads to another server from now on; who is connected is cut off. */
  leadTo(port: number): void
  close(): void
}

export async function startFront(target: number): Promise<Front> {
  const sockets = new Set<Socket>()
  const seen = new Map<string, number>()
  const held: (() => void)[] = []
  let isMute = false
  let taken = 0
  let port = target

  function pass(to: Socket, bytes: Buffer): void {
    if (isMute) held.push(() => to.write(bytes))
    else to.write(bytes)
  }

  const server = createServer((client) => {
    taken++
    const upstream = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
    client.on('data', (bytes) => {
      // A name that two chunks share is not counted; with the lengths of keys here, that is one in hundreds.
      for (const [name] of bytes.toString('latin1').matchAll(/\r\n[A-Za-z]{3,10}\r\n/g)) {
        const command = name.trim().toUpperCase()
        seen.set(command, (seen.get(command) ?? 0) + 1)
      }
      pass(upstream, bytes)
    })
    upstream.on('data', (bytes) => pass(client, bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port

  function cut(): void {
    for (const socket of sockets) socket.destroy()
  }

  return {
    url: `redis://127.0.0.1:${own}`,
    port: own,
    count: (command) => seen.get(command) ?? 0,
    connections: () => taken,
    mute(on) {
      isMute = on
      if (!on) for (const write of held.splice(0)) write()
    },
    leadTo(next) {
      port = next
      cut()
    },
    close() {
      server.close()
      cut()
    },
  }
}
