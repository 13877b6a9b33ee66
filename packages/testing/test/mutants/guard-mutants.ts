// Requirements are put together wrongly, or not all of them are asked.
import type { RequirementDefaults } from '@writ/http'
import type { AppDescription, ConformanceGuard, RouteDescription } from '../../src/index.ts'
import { type Mutant, mutant } from './mutant.ts'

type Guard = Exclude<ConformanceGuard, 'public'>

const apps = (
  name: string,
  caughtBy: string,
  change: (route: RouteDescription) => Partial<RouteDescription>,
  blunt = false,
): Mutant => {
  const other = (route: RouteDescription) => ({ ...route, ...change(route) })
  const app = (described: AppDescription): AppDescription => ({
    ...described,
    routes: described.routes.map(other),
    mounts: described.mounts.map((mount) => ({ ...mount, routes: mount.routes.map(other) })),
  })
  return { name, caughtBy, sabotage: { app }, blunt }
}

/** Guards that are built in another way. */
const builds = (name: string, caughtBy: string, change: (guard: Guard) => Guard, blunt = false): Mutant =>
  apps(
    name,
    caughtBy,
    ({ guards }) => ({ guards: guards.map((guard) => (guard === 'public' ? guard : change(guard))) }),
    blunt,
  )

/** Each requirement of a guard, changed. */
const demands = (
  name: string,
  caughtBy: string,
  change: (one: RequirementDefaults) => RequirementDefaults,
  blunt = false,
): Mutant =>
  builds(
    name,
    caughtBy,
    ({ requirement, ...rest }) => ({
      ...rest,
      requirement: [requirement].flat().map((one) => change(one as RequirementDefaults)),
    }),
    blunt,
  )

const without =
  (key: keyof RequirementDefaults) =>
  (one: RequirementDefaults): RequirementDefaults => {
    const { [key]: _, ...others } = one
    return others
  }

export const guardMutants: readonly Mutant[] = [
  apps('asks the first of several guards alone', 'several guards on one request must all pass', ({ guards }) => ({
    guards: guards.slice(0, 1),
  })),
  apps('asks the last of several guards alone', 'several guards on one request must all pass', ({ guards }) => ({
    guards: guards.slice(-1),
  })),
  apps(
    'asks for nothing on routes with several guards',
    'several guards on one request must all pass',
    ({ guards }) => ({ guards: guards.length > 1 ? ['public'] : guards }),
  ),
  apps(
    'hands over no capability where a handler must have one',
    'a handler behind a guard gets its capability',
    ({ accessor, guards }) => ({ guards: accessor === 'capability' ? ['public'] : guards }),
  ),
  apps('asks for a token on public routes', 'guard.public lets everybody pass, and attaches nothing', ({ guards }) => ({
    guards: guards.map((guard) => (guard === 'public' ? { requirement: { resource: 'invoices' } } : guard)),
  })),
  apps('proves tokens on public routes', 'guard.public lets everybody pass, and attaches nothing', ({ guards }) => ({
    guards: guards.map((guard) =>
      guard === 'public' ? { requirement: { resource: 'invoices', optional: true } } : guard,
    ),
  })),
  apps(
    'lets a handler ask in vain',
    'asking for the capability of a public route is an error of the service, not a pass',
    () => ({ accessor: 'optionalCapability' }),
  ),
  builds(
    'asks the first of several requirements alone',
    'one of several requirements is enough, and the handler gets what that one proved',
    ({ requirement, ...rest }) => ({ ...rest, requirement: [requirement].flat().slice(0, 1) as RequirementDefaults[] }),
  ),
  builds(
    'asks the last of several requirements alone',
    'one of several requirements is enough, and the handler gets what that one proved',
    ({ requirement, ...rest }) => ({ ...rest, requirement: [requirement].flat().slice(-1) as RequirementDefaults[] }),
  ),
  builds(
    'forgets the defaults of a guard with others',
    'guard.with unites designations and lets the requirement override the rest',
    ({ defaults = [], ...rest }) => ({ ...rest, defaults: defaults.slice(-1) }),
  ),
  builds(
    'lets defaults override the requirement',
    'guard.with unites designations and lets the requirement override the rest',
    ({ defaults = [], requirement }) => ({
      defaults: [[requirement].flat()[0] as RequirementDefaults],
      requirement: Object.assign({}, ...defaults) as RequirementDefaults,
    }),
  ),
  demands('ignores the subject', 'a required subject is the only one that passes', without('subject')),
  demands(
    'ignores that a guard is optional',
    'an optional guard lets a request without a credential pass, and refuses an invalid one',
    without('optional'),
  ),
  demands(
    'ignores allowUndesignated',
    'allowUndesignated lets a token in that names no object, and still refuses one that names another',
    without('allowUndesignated'),
  ),
  demands(
    'lets a token leave every label unbound where it may leave one',
    'a token for a whole tenant passes where the label that it leaves unbound may be, and no other label may',
    (one) => ({ ...one, ...(one.allowUndesignated && { allowUndesignated: true }) }),
  ),
  demands(
    'lets a token leave no label unbound where it may leave one',
    'a token for a whole tenant passes where the label that it leaves unbound may be, and no other label may',
    without('allowUndesignated'),
  ),
  demands('ignores the operation', 'GET is a read unless the requirement names an operation', without('operation')),
  demands('takes tokens that name no object', 'a token that does not name its object is refused', (one) => ({
    ...one,
    allowUndesignated: true,
  })),
  demands(
    'makes every guard optional',
    'a request without a credential is answered 401',
    (one) => ({ ...one, optional: true }),
    true,
  ),
  demands(
    'takes one operation for another',
    'a token for another operation is refused',
    (one) => ({ ...one, operation: 'write' }),
    true,
  ),
  demands('designates by the first label alone', 'several guards on one request must all pass', (one) => ({
    ...one,
    ...(Array.isArray(one.designate) && { designate: one.designate.slice(0, 1) }),
  })),
  mutant(
    'lets a function of the user decide before the token is proven',
    'a designate function does not run for a token that is refused for anything else',
    (parts) => ({
      async ask(exchange, decide, view) {
        for (const guard of exchange.route.guards) {
          const [one] = guard === 'public' ? [] : [guard.requirement].flat()
          for (const source of Object.values((one as RequirementDefaults | undefined)?.designate ?? {})) {
            if (typeof source === 'function') await (source as (view: unknown) => unknown)(view)
          }
        }
        return parts.ask(exchange, decide, view)
      },
    }),
  ),
]
