import { generateKeyPair } from '@writ/core'
import { createEngine, createSessions, type EngineError, type EngineOptions, parsePolicy } from '../../src/index.ts'

/** Unix seconds. */
export const NOW = 1_700_000_000

export const keys = await generateKeyPair()

/** An engine over a policy in TOML, at a fixed time, with sessions. */
export function engineOf(toml: string, options: Partial<EngineOptions> = {}) {
  const now = options.now ?? (() => NOW)
  return createEngine({ policy: parsePolicy(toml), keys, now, sessions: createSessions({ now }), ...options })
}

/** The error that an act is refused with. */
export async function refusalOf(act: Promise<unknown>): Promise<EngineError> {
  const outcome = await act.then(
    () => undefined,
    (error: EngineError) => error,
  )
  if (outcome?.name !== 'EngineError') throw new Error(`expected a refusal, got ${outcome}`)
  return outcome
}
