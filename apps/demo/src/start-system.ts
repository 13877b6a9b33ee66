import { randomBytes } from 'node:crypto'
import type { Engine } from '@writ/engine'
import type { Targets } from 'policy'
import { type Environment, type ServiceProcess, startService } from 'service-kit/node'
import type { TokenName } from './create-tokens.ts'
import { DemoError } from './demo-error.ts'
import { startTap, type Tap } from './start-tap.ts'
import { ENDS, HOPS, type Hop, SERVICES, type ServiceName } from './step.ts'

const SHOWN_LINES = 3

const MAIN: Readonly<Record<ServiceName, string>> = {
  gateway: import.meta.resolve('gateway/main'),
  orders: import.meta.resolve('orders/main'),
  inventory: import.meta.resolve('inventory/main'),
  billing: import.meta.resolve('billing/main'),
}

/** What the services have logged, by service: one line of JSON an entry. */
export type Logs = Readonly<Record<ServiceName, string>>

/** The authority, four services, each its own process, and an attacker who listens between them. */
export interface System {
  readonly authority: Engine<Targets>
  readonly urls: Readonly<Record<ServiceName, string>>
  readonly taps: Readonly<Record<Hop, Tap>>
  /** Rejects with a {@link DemoError} that names the service which ended by itself, with what it logged last. */
  assertRunning(): Promise<void>
  stop(): Promise<Logs>
}

/** Starts all of them at once: each calls the next by a tap, whose address is known before the service that is behind it. */
export async function startSystem(
  authority: Engine<Targets>,
  publicKey: string,
  tokens: ReadonlyMap<TokenName, string>,
): Promise<System> {
  const taps = byName(HOPS, await Promise.all(HOPS.map(startTap)))
  const closeTaps = () => {
    for (const hop of HOPS) taps[hop].close()
  }
  try {
    const services = await startServices(publicKey, environmentsOf(taps, tokens))
    for (const hop of HOPS) taps[hop].connectTo(services[ENDS[hop][1]].url)
    const list = SERVICES.map((name) => services[name])
    const urls = list.map(({ url }) => url)
    return {
      authority,
      urls: byName(SERVICES, urls),
      taps,
      assertRunning: () => assertRunning(services),
      async stop() {
        const logs = await Promise.all(list.map((service) => service.stop()))
        closeTaps()
        return byName(SERVICES, logs)
      },
    }
  } catch (error) {
    closeTaps()
    throw error
  }
}

/** What each service is told: where those are that it calls, and its own capabilities for them. */
function environmentsOf(
  taps: Readonly<Record<Hop, Tap>>,
  tokens: ReadonlyMap<TokenName, string>,
): Readonly<Record<ServiceName, Environment>> {
  return {
    gateway: {
      ORDERS_URL: taps['gateway → orders'].url,
      ORDERS_READ_TOKEN: tokens.get('ordersRead'),
      ORDERS_WRITE_TOKEN: tokens.get('ordersWrite'),
      SESSION_SECRET: randomBytes(32).toString('hex'),
    },
    orders: {
      INVENTORY_URL: taps['orders → inventory'].url,
      STOCK_TOKEN: tokens.get('stock'),
      BILLING_URL: taps['orders → billing'].url,
      INVOICES_TOKEN: tokens.get('invoices'),
    },
    inventory: {},
    billing: {},
  }
}

/** All of them or none: if one does not start, the others end, and a {@link DemoError} names it. */
async function startServices(
  publicKey: string,
  environments: Readonly<Record<ServiceName, Environment>>,
): Promise<Readonly<Record<ServiceName, ServiceProcess>>> {
  const starting = SERVICES.map((name) =>
    startService(MAIN[name], { ...environments[name], WRIT_PUBLIC_KEY: publicKey }),
  )
  const settled = await Promise.allSettled(starting)
  const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = settled.flatMap((one, index) =>
    one.status === 'rejected' ? [`${SERVICES[index]}: ${one.reason.message}`] : [],
  )
  if (failed.length === 0) return byName(SERVICES, started)
  await Promise.all(started.map((service) => service.stop()))
  throw new DemoError(failed.join('\n'))
}

async function assertRunning(services: Readonly<Record<ServiceName, ServiceProcess>>): Promise<void> {
  for (const name of SERVICES) {
    const how = services[name].endedEarly()
    if (how === undefined) continue
    const log = await services[name].stop()
    throw new DemoError(`${name} ended before the demo did (${how}). The end of its log:\n${lastLinesOf(log)}`)
  }
}

function lastLinesOf(log: string): string {
  return log.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')
}

function byName<Name extends string, T>(names: readonly Name[], values: readonly T[]): Readonly<Record<Name, T>> {
  return Object.fromEntries(names.map((name, index) => [name, values[index]])) as Record<Name, T>
}
