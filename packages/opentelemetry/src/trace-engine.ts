import type { Attributes } from '@opentelemetry/api'
import { type Outcome, traceCall } from './internal/trace-call.ts'

/** What is traced of an engine. */
interface TracedEngine {
  mint(request: never): Promise<unknown>
  mintIdentity(request: never): Promise<unknown>
  mintContext(request: never): Promise<unknown>
  forkContext(context: string, request: never): Promise<unknown>
  addExposure(context: string, request: never): Promise<unknown>
}

/**
 * An engine like the one that is given, which records what it mints and refuses: a span of the name of the method
 * (`writ.mint`), a count `writ.engine.decisions`, and a duration `writ.engine.decision.duration` in seconds. Target and
 * operation are recorded of what was minted: a stranger who is refused could write anything there.
 *
 * @param engine - Made by `createEngine`.
 *
 * @example
 * ```ts
 * import { createEngine, loadPolicy } from '@writ/engine'
 * import { traceEngine } from '@writ/opentelemetry'
 * import { generateKeyPair } from '@writ/core'
 *
 * const keys = await generateKeyPair()
 * const engine = traceEngine(createEngine({ policy: await loadPolicy('policy.toml'), keys }))
 * ```
 */
export function traceEngine<Engine extends TracedEngine>(engine: Engine): Engine {
  const traced = <Args extends readonly never[]>(
    act: string,
    method: (...args: Args) => Promise<unknown>,
    describe: (...args: Args) => Attributes = () => ({}),
  ) => {
    return async (...args: Args) =>
      traceCall(
        {
          part: 'engine',
          name: `writ.${act}`,
          attributes: { 'writ.act': act },
          resolved: () => ({ decision: 'allowed', attributes: describe(...args) }),
          rejected: outcomeOf,
        },
        () => method(...args),
      )
  }
  return Object.freeze({
    ...engine,
    mint: traced('mint', engine.mint, (request: { readonly target: string; readonly operation: string }) => ({
      'writ.resource': request.target,
      'writ.operation': request.operation,
    })),
    mintIdentity: traced('mintIdentity', engine.mintIdentity),
    mintContext: traced('mintContext', engine.mintContext),
    forkContext: traced('forkContext', engine.forkContext),
    addExposure: traced('addExposure', engine.addExposure),
  })
}

function outcomeOf(error: unknown): Outcome {
  const { name, code, step } = error as { readonly name?: unknown; readonly code?: unknown; readonly step?: unknown }
  if (name !== 'EngineError') return { decision: 'failed' }
  const decision = code === 'unavailable' ? 'failed' : 'refused'
  return { decision, attributes: { 'writ.code': String(code), 'writ.step': String(step) } }
}
