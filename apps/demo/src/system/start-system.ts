import { randomBytes } from 'node:crypto'
import { type Environment, type ServiceProcess, startService } from 'service-kit/node'
import { DemoError } from '../demo-error.ts'
import { ENDS, HOPS, type Hop, type Place, SERVICES, type ServiceName } from '../step.ts'
import type { Authority } from './start-authority.ts'
import { startTap, type Tap } from './start-tap.ts'

const SHOWN_LINES = 3

const MAIN: Readonly<Record<ServiceName, string>> = {
  gateway: import.meta.resolve('gateway/main'),
  orders: import.meta.resolve('orders/main'),
  inventory: import.meta.resolve('inventory/main'),
  billing: import.meta.resolve('billing/main'),
}

/** What the services have logged, by service: one line of JSON an entry. */
export type Logs = Readonly<Record<ServiceName, string>>

/** The authority and four services, each its own process, and an attacker who listens between the services. */
export interface System {
  readonly authority: Authority
  readonly urls: Readonly<Record<Place, string>>
  readonly taps: Readonly<Record<Hop, Tap>>
  /** Rejects with a {@link DemoError} that names the service which ended by itself, with what it logged last. */
  assertRunning(): Promise<void>
  stop(): Promise<Logs>
}

/**
 * Starts the services at once: each calls the next by a tap, whose address is known before the service that is behind it.
 * Whoever stops the system stops the authority too.
 */
export async function startSystem(authority: Authority): Promise<System> {
  const taps = byName(HOPS, await Promise.all(HOPS.map(startTap)))
  const closeTaps = () => {
    for (const hop of HOPS) taps[hop].close()
  }
  try {
    const services = await startServices(await environmentsOf(taps, authority))
    for (const hop of HOPS) taps[hop].connectTo(services[ENDS[hop][1]].url)
    const list = SERVICES.map((name) => services[name])
    const urls = byName(
      SERVICES,
      list.map(({ url }) => url),
    )
    return {
      authority,
      urls: { ...urls, authority: authority.url },
      taps,
      assertRunning: () => assertRunning({ ...services, authority }),
      async stop() {
        const logs = await Promise.all(list.map((service) => service.stop()))
        await authority.stop()
        closeTaps()
        return byName(SERVICES, logs)
      },
    }
  } catch (error) {
    closeTaps()
    await authority.stop()
    throw error
  }
}

/** What each service is told: where the authority is, where those are that it calls, and what it enrols with. */
async function environmentsOf(
  taps: Readonly<Record<Hop, Tap>>,
  { url, publicKey, enrol }: Authority,
): Promise<Readonly<Record<ServiceName, Environment>>> {
  const known = { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: publicKey }
  const [ofGateway, ofOrders] = await Promise.all([enrol('service:gateway'), enrol('service:orders')])
  return {
    gateway: {
      ...known,
      WRIT_SECRET: ofGateway,
      ORDERS_URL: taps['gateway → orders'].url,
      SESSION_SECRET: randomBytes(32).toString('hex'),
    },
    orders: {
      ...known,
      WRIT_SECRET: ofOrders,
      INVENTORY_URL: taps['orders → inventory'].url,
      BILLING_URL: taps['orders → billing'].url,
    },
    inventory: known,
    billing: known,
  }
}

/** All of them or none: if one does not start, the others end, and a {@link DemoError} names it. */
async function startServices(
  environments: Readonly<Record<ServiceName, Environment>>,
): Promise<Readonly<Record<ServiceName, ServiceProcess>>> {
  const starting = SERVICES.map((name) => startService(MAIN[name], environments[name]))
  const settled = await Promise.allSettled(starting)
  const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = settled.flatMap((one, index) =>
    one.status === 'rejected' ? [`${SERVICES[index]}: ${one.reason.message}`] : [],
  )
  if (failed.length === 0) return byName(SERVICES, started)
  await Promise.all(started.map((service) => service.stop()))
  throw new DemoError(failed.join('\n'))
}

async function assertRunning(
  processes: Readonly<Record<Place, Pick<ServiceProcess, 'endedEarly' | 'stop'>>>,
): Promise<void> {
  for (const [name, process] of Object.entries(processes)) {
    const how = process.endedEarly()
    if (how === undefined) continue
    const log = await process.stop()
    throw new DemoError(`${name} ended before the demo did (${how}). The end of its log:\n${lastLinesOf(log)}`)
  }
}

function lastLinesOf(log: string): string {
  return log.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')
}

function byName<Name extends string, T>(names: readonly Name[], values: readonly T[]): Readonly<Record<Name, T>> {
  return Object.fromEntries(names.map((name, index) => [name, values[index]])) as Record<Name, T>
}
