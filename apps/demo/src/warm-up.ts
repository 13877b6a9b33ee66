import type { TokenName } from './create-tokens.ts'
import { type Outcome, runSteps } from './run-steps.ts'
import { SERVICES, type Section, type ServiceName } from './step.ts'
import type { System } from './system/start-system.ts'

const ROUNDS = 6
const ORDER = 'PUT /orders/o-1/items/tea'
const SILENT = { section() {}, step() {} }

/** A user of a tenant of its own, and refusals at each service. What comes of it does not count. */
const WARM_UP: Section = {
  title: '',
  steps: [
    step('gateway', 'POST /session', { body: { tenantId: 'warm-up', userId: 'u' }, signsIn: 'u' }),
    step('gateway', ORDER, { body: { quantity: 1 }, session: 'u' }),
    step('gateway', 'GET /orders/o-1', { session: 'u' }),
    step('gateway', 'GET /partners/acme/orders/none', { token: 'partner' }),
    step('gateway', 'GET /partners/acme/orders/o-1', { token: 'partner' }),
    step('orders', 'GET /acme/orders/o-1', { token: 'partner' }),
    step('inventory', 'PUT /acme/orders/o-1/reservations/tea', { token: 'stock', body: { quantity: 1 } }),
    step('billing', 'POST /acme/invoices/none/pay', { token: 'stock' }),
    step('billing', 'GET /acme/invoices', { token: 'stock' }),
  ],
}

/**
 * Lets each service do its work a few times, so that what is timed afterwards is not the compiler.
 *
 * @returns how many tokens each service has checked meanwhile.
 */
export async function warmUp(
  system: System,
  tokens: Map<TokenName, string>,
  rounds: number = ROUNDS,
): Promise<Readonly<Record<ServiceName, number>>> {
  const outcomes: Outcome[] = []
  for (let round = 0; round < rounds; round++) outcomes.push(...(await runSteps([WARM_UP], system, tokens, SILENT)))
  const checkedBy = outcomes.flatMap((outcome) => outcome.checkedBy)
  const counts = SERVICES.map((name) => [name, checkedBy.filter((service) => service === name).length])
  return Object.fromEntries(counts) as Record<ServiceName, number>
}

function step(at: ServiceName, request: string, more: Partial<Section['steps'][number]>): Section['steps'][number] {
  return { tried: '', because: '', at, request, promise: { status: 200 }, ...more }
}
