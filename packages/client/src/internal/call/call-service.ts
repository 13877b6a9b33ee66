import { attenuate, CapabilityError, type Keys } from '@writ/core/hold'
import { object, safeParse, string } from 'valibot'
import { ClientError } from '../../client-error.ts'
import { boundedText } from '../base/bounded-text.ts'
import type { Runtime } from '../base/runtime.ts'
import type { Handed } from '../mint/mint-cache.ts'
import type { Call } from './read-call.ts'

const MAX_PROBLEM_BYTES = 16 * 1024
const PROBLEM = object({ code: string() })

/** Where the capability of a call comes from. */
export interface Supply {
  get(): Promise<Handed>
  /** It is not good any more. */
  forget(token: string): void
}

/** Sends a call with a capability, and once more with another one if that can help. */
export async function callService(call: Call, supply: Supply, keys: Keys, runtime: Runtime): Promise<Response> {
  const first = await supply.get()
  const response = await send(call, first, keys, runtime)
  // A guard that refuses has run nothing of its route, so the call may be made again whatever its method is.
  if (!first.remembered || !(await saysRenew(response))) return response
  supply.forget(first.capability.token)
  if (!call.repeatable) return response
  await response.body?.cancel()
  return send(call, await supply.get(), keys, runtime)
}

async function send(call: Call, { capability }: Handed, keys: Keys, runtime: Runtime): Promise<Response> {
  for (const signal of call.signals) signal.throwIfAborted()
  const token = await narrow(call, capability.token, keys, runtime)
  const headers = new Headers(call.headers)
  headers.set('authorization', `Bearer ${token}`)
  const signals = [...call.signals, ...(call.timeoutMs === undefined ? [] : [AbortSignal.timeout(call.timeoutMs)])]
  const signal = signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}
  try {
    return await runtime.fetch(call.input, { ...call.init, headers, redirect: 'manual', ...signal })
  } catch (cause) {
    for (const aborted of call.signals) aborted.throwIfAborted()
    throw new ClientError('unavailable', { from: 'service', cause })
  }
}

async function narrow({ narrowing }: Call, token: string, keys: Keys, { now }: Runtime): Promise<string> {
  try {
    return await attenuate(token, keys, { ...narrowing, now })
  } catch (cause) {
    // A label that the token binds to something else is a fault of the caller, and a `TypeError` that names it.
    if (!(cause instanceof CapabilityError)) throw cause
    throw new ClientError(cause.code === 'unavailable' ? 'unavailable' : 'bad_answer', { cause })
  }
}

/**
 * Whether a guard has said, in a problem document (RFC 9457), that the token has expired or was revoked. The challenge does
 * not tell that from a token which is for another object.
 */
async function saysRenew(response: Response): Promise<boolean> {
  if (response.status !== 401 && response.status !== 403) return false
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return false
  try {
    const { output, success } = safeParse(PROBLEM, JSON.parse(await boundedText(response.clone(), MAX_PROBLEM_BYTES)))
    return success && (output.code === 'revoked' || output.code === 'expired')
  } catch {
    return false
  }
}
