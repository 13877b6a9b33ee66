// Answers come before the decision is there, or parts of the decision are not waited for, or not asked.
import type { GuardOutcome, HttpGuardOptions } from '@writ/http'
import { type Mutant, mutant } from './mutant.ts'

const options = (name: string, caughtBy: string, change: (options: HttpGuardOptions) => HttpGuardOptions): Mutant => ({
  name,
  caughtBy,
  sabotage: { options: change },
})

/** What comes first of a decision and so many milliseconds. */
async function within(decision: Promise<GuardOutcome>, milliseconds: number): Promise<GuardOutcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<GuardOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ allowed: true }), milliseconds)
  })
  return Promise.race([decision, late]).finally(() => clearTimeout(timer))
}

const slow = (what: string) => `${what} is waited for, however long it takes`

export const decidingMutants: readonly Mutant[] = [
  mutant('lets a request through when the decision takes over 150 ms', slow('a slow revocation list'), (parts) => ({
    ask: (exchange, decide, view) => within(parts.ask(exchange, decide, view), 150),
  })),
  mutant(
    'lets a HEAD request through when the decision takes over 150 ms',
    slow('a slow revocation list'),
    (parts) => ({
      ask: (exchange, decide, view) =>
        exchange.req.method === 'HEAD'
          ? within(parts.ask(exchange, decide, view), 150)
          : parts.ask(exchange, decide, view),
    }),
  ),
  mutant(
    'begins its answer before the decision',
    'a request without a credential is answered 401',
    () => ({
      begin: ({ res }) => void res.writeHead(200, { 'Content-Type': 'application/json' }),
      refuse: ({ res }, { body }) => res.end(body),
    }),
    true,
  ),
  options('does not wait for the revocation list', slow('a slow revocation list'), ({ revocation, ...others }) => ({
    ...others,
    ...(revocation && { revocation: { isRevoked: (ids) => revocation.isRevoked(ids) === true } }),
  })),
  options(
    'does not ask the revocation list',
    'a token is refused when block 0 of it is revoked',
    ({ revocation: _, ...others }) => others,
  ),
  options(
    'asks the revocation list about the first block alone',
    'a token is refused when block 1 of it is revoked',
    ({ revocation, ...others }) => ({
      ...others,
      ...(revocation && { revocation: { isRevoked: (ids) => revocation.isRevoked(ids.slice(0, 1)) } }),
    }),
  ),
  options(
    'takes a revocation list that fails for an empty one',
    'a revocation list that rejects is a failure of the service',
    ({ revocation, ...others }) => ({
      ...others,
      ...(revocation && {
        revocation: { isRevoked: async (ids) => Promise.resolve(revocation.isRevoked(ids)).catch(() => false) },
      }),
    }),
  ),
  options('does not wait for onDecision', slow('a slow onDecision'), ({ onDecision, ...others }) => ({
    ...others,
    ...(onDecision && {
      onDecision: (decision, context) => {
        void Promise.resolve(onDecision(decision, context)).catch(() => {})
      },
    }),
  })),
  options(
    'forgets what onDecision rejects with',
    'onDecision that rejects is a failure of the service',
    ({ onDecision, ...others }) => ({
      ...others,
      ...(onDecision && {
        onDecision: async (decision, context) => Promise.resolve(onDecision(decision, context)).catch(() => {}),
      }),
    }),
  ),
  options(
    'tells onDecision nothing of what passes',
    'onDecision learns of every decision, with the values that the caller does not get',
    ({ onDecision, ...others }) => ({
      ...others,
      ...(onDecision && {
        onDecision: (decision, context) => (decision.allowed ? undefined : onDecision(decision, context)),
      }),
    }),
  ),
  options(
    'tells onDecision nothing of requests without a credential',
    'onDecision learns of every decision, with the values that the caller does not get',
    ({ onDecision, ...others }) => ({
      ...others,
      ...(onDecision && {
        onDecision: (decision, context) =>
          decision.code === 'missing_token' ? undefined : onDecision(decision, context),
      }),
    }),
  ),
  options(
    'tells onDecision of a decision twice',
    'onDecision learns of every decision, with the values that the caller does not get',
    ({ onDecision, ...others }) => ({
      ...others,
      ...(onDecision && {
        onDecision: async (decision, context) => {
          await onDecision(decision, context)
          await onDecision(decision, context)
        },
      }),
    }),
  ),
  options('never calls onDecision', slow('a slow onDecision'), ({ onDecision: _, ...others }) => others),
  options('does not wait for onRefusal', slow('a slow onRefusal'), ({ onRefusal, ...others }) => ({
    ...others,
    ...(onRefusal && {
      onRefusal: (refusal, native) => {
        const worded = onRefusal(refusal, native)
        return worded instanceof Promise ? undefined : worded
      },
    }),
  })),
  options(
    'never calls onRefusal',
    'onRefusal may return an object as the body',
    ({ onRefusal: _, ...others }) => others,
  ),
  options(
    'forgets what onRefusal throws',
    'onRefusal that throws is a failure of the service',
    ({ onRefusal, ...others }) => ({
      ...others,
      ...(onRefusal && {
        onRefusal: (refusal, native) => {
          try {
            return onRefusal(refusal, native)
          } catch {
            return undefined
          }
        },
      }),
    }),
  ),
  mutant(
    'answers refusals that it was told to hand over',
    "refuse: 'error' hands a CapabilityError with status and headers to the framework",
    (parts) => ({
      refuse: (exchange, refusal, run) =>
        parts.refuse.call(parts, { ...exchange, app: { ...exchange.app, onError: undefined } }, refusal, run),
    }),
  ),
  options(
    'enforces what it should report',
    'report mode lets every request continue, and onDecision learns what would have been refused',
    ({ mode: _, ...others }) => others,
  ),
  {
    ...options('reports what it should enforce', 'a token for another object is refused', (others) => ({
      ...others,
      mode: 'report',
    })),
    blunt: true,
  },
  options('takes tokens without an anchor', 'a token that is anchored nowhere is refused', (others) => ({
    ...others,
    allowUnanchored: true,
  })),
  options(
    'has a clock that runs a minute behind',
    'a token passes in its last second and is expired one second later',
    (others) => ({ ...others, clockTolerance: 60 }),
  ),
  options(
    'has a clock of its own',
    'a token passes in its last second and is expired one second later',
    ({ now: _, ...others }) => others,
  ),
  options(
    'takes a clock that fails for one that is right',
    'a clock that throws is a failure of the service',
    ({ now, ...others }) => ({
      ...others,
      now: () => {
        try {
          return now?.() ?? 0
        } catch {
          return Math.floor(Date.now() / 1000)
        }
      },
    }),
  ),
  options(
    'takes the token from Authorization whatever its options say',
    'tokenFrom takes the token from a header of its own and from nowhere else',
    ({ tokenFrom: _, ...others }) => others,
  ),
  options('has no ledger', 'a single-use capability passes once', ({ singleUse: _, ...others }) => others),
  options('spends nothing', 'a single-use capability passes once', ({ singleUse, ...others }) => ({
    ...others,
    ...(singleUse && { singleUse: { ...singleUse, consume: async () => true } }),
  })),
]
