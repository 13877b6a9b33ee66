import type { Keys } from '@writ/core/hold'
import { array, looseObject, object, optional, safeParse, string, union } from 'valibot'
import { ClientError } from '../../client-error.ts'
import type { AskAsIdentity } from '../authority/ask-as-identity.ts'
import { problemError } from '../authority/problem.ts'
import { inTime } from '../base/in-time.ts'
import type { Runtime } from '../base/runtime.ts'
import type { IdentityKeeper } from '../identity/identity-keeper.ts'
import type { ProvenIdentity } from '../identity/prove-identity.ts'
import { type ProvenCapability, proveCapability } from './prove-capability.ts'
import { bodyOf, type CapabilityQuestion } from './read-request.ts'

/** A capability, and the context to go on with. */
export interface Minted extends ProvenCapability {
  readonly context: string | undefined
}

interface Asked {
  readonly question: CapabilityQuestion
  readonly resolve: (minted: Minted | Promise<Minted>) => void
  readonly reject: (error: unknown) => void
}

const MOST_AT_ONCE = 50
const ANSWER = object({
  results: array(
    union([object({ problem: looseObject({}) }), object({ capability: string(), context: optional(string()) })]),
  ),
})

/** Asks for capabilities; all that is asked for in one tick goes in one request. */
export class MintBatch {
  readonly #ask: AskAsIdentity
  readonly #keeper: IdentityKeeper
  readonly #keys: Keys
  readonly #runtime: Runtime
  #queue: Asked[] = []

  constructor(ask: AskAsIdentity, keeper: IdentityKeeper, keys: Keys, runtime: Runtime) {
    this.#runtime = runtime
    this.#ask = ask
    this.#keeper = keeper
    this.#keys = keys
  }

  mint(question: CapabilityQuestion): Promise<Minted> {
    const queue = this.#queue
    const minted = new Promise<Minted>((resolve, reject) => {
      queue.push({ question, resolve, reject })
      if (queue.length === 1) void this.#flush()
    })
    return inTime(minted, this.#runtime.timeoutMs, () => {
      // What was to flush it is gone: the next one begins another queue.
      if (this.#queue === queue) this.#queue = []
    })
  }

  async #flush(): Promise<void> {
    try {
      const identity = await this.#keeper.current()
      const queue = this.#take()
      for (let start = 0; start < queue.length; start += MOST_AT_ONCE) {
        void this.#send(queue.slice(start, start + MOST_AT_ONCE), identity)
      }
    } catch (error) {
      for (const { reject } of this.#take()) reject(error)
    }
  }

  #take(): readonly Asked[] {
    const queue = this.#queue
    this.#queue = []
    return queue
  }

  async #send(batch: readonly Asked[], identity: ProvenIdentity): Promise<void> {
    try {
      const requests = batch.map(({ question }) => bodyOf(question))
      const { answer, by } = await this.#ask('v1/capabilities', { requests }, identity)
      const { success, output } = safeParse(ANSWER, answer)
      if (!success || output.results.length !== batch.length) {
        throw new ClientError('bad_answer', { cause: new Error('the answer is not one result for each request') })
      }
      batch.forEach(({ question, resolve, reject }, index) => {
        const result = output.results[index]
        if (result !== undefined && 'capability' in result) resolve(this.#prove(result, question, by))
        else reject(problemError(result?.problem, undefined))
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  async #prove(
    { capability, context }: { capability: string; context?: string | undefined },
    question: CapabilityQuestion,
    { subject }: ProvenIdentity,
  ): Promise<Minted> {
    if (question.context !== undefined && context === undefined) {
      throw new ClientError('bad_answer', { cause: new Error('the answer holds no context to go on with') })
    }
    return { ...(await proveCapability(capability, question, subject, this.#keys)), context }
  }
}
