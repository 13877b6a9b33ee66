import { attachCapability, createSideTable, type GuardEngine, type GuardOutcome, RefusalError } from '@writ/http'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { requirementOf } from '../requirement-of.ts'
import { answerRefusal, setDefaults, watchAnswers } from './answer.ts'
import { followRequest } from './follow-request.ts'

type Engine = GuardEngine<FastifyRequest>

/** Decides what can be decided at this hook. Returns whether the request may go on. */
type Step = () => boolean | Promise<boolean>

/** The name of the hook that decides about the body. */
export const BODY_HOOK = 'decideAboutBody'

/**
 * Decides about every request of the routes in scope in `onRequest`, so that no body is parsed for callers without a good
 * token. A decision asks for the body only if its token has passed everything else. It is finished in `preValidation`, as
 * soon as there is a body. In `preHandler` the guard decides again about what a schema or a hook has changed since.
 *
 * @param isOpen - Whether a route that declares nothing lets everybody pass.
 */
export function guardRequests(
  fastify: FastifyInstance,
  engine: Engine,
  isOpen: (request: FastifyRequest) => boolean,
): void {
  const steps = createSideTable<FastifyRequest, Step | undefined>()

  fastify.addHook('onRequest', (request, reply, done) => {
    const declared = requirementOf(request.routeOptions)
    if (request.is404 || declared === 'public' || (!declared && isOpen(request))) return done()
    const follow = declared
      ? followRequest([declared].flat() as unknown as Parameters<Engine['decide']>[0], engine.decideSoon, request)
      : (): GuardOutcome => ({ allowed: false, refusal: engine.unguarded() })
    const isAnswered = watchAnswers(reply)

    const goesOn = (outcome: GuardOutcome | undefined): boolean => {
      // Other code, such as a timeout, has answered while the guard was deciding: the request has ended.
      if (isAnswered()) return false
      return outcome === undefined || settle(engine, outcome, request, reply)
    }
    const step = () => {
      const outcome = follow()
      return outcome instanceof Promise ? outcome.then(goesOn) : goesOn(outcome)
    }
    steps.set(request, step)
    proceed(step, done)
  })

  const decideAboutBody = (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction) =>
    proceed(steps.get(request), done)
  fastify.addHook('preValidation', Object.defineProperty(decideAboutBody, 'name', { value: BODY_HOOK }))

  fastify.addHook('preHandler', (request, _reply, done) => {
    proceed(steps.get(request), done)
    steps.set(request, undefined)
  })
}

/** Calls `done` only for a request that may go on, and not when the hooks of an answer have finished. */
function proceed(step: Step | undefined, done: HookHandlerDoneFunction): void {
  let goesOn: boolean | Promise<boolean> = true
  try {
    if (step) goesOn = step()
  } catch (error) {
    done(error as Error)
    return
  }
  // Not within the `try`: what runs after `done` is not the guard's.
  if (goesOn === true) done()
  else if (goesOn !== false)
    void goesOn.then((later) => {
      if (later) done()
    }, done)
}

/** Returns whether the request may go on; throws a `RefusalError` if the app's error handler answers. */
function settle(engine: Engine, outcome: GuardOutcome, request: FastifyRequest, reply: FastifyReply): boolean {
  if (outcome.allowed) {
    attachCapability(request, outcome.capability, outcome.code)
    setDefaults(reply, outcome.headers)
    return true
  }
  if (engine.refuse !== 'answer') throw new RefusalError(outcome.refusal)
  answerRefusal(reply, outcome.refusal)
  return false
}
