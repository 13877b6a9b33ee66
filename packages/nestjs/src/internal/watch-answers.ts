import type { ExecutionContext } from '@nestjs/common'

type Answering = (...args: unknown[]) => unknown
/** The part of a response that is used here. A reply of Fastify holds Node's response as `raw`. */
type Response = { raw?: unknown } & Record<'send' | 'end', Answering>

const begun = new WeakSet<object>()

/**
 * Notes from now on when other code begins to answer. A hook or middleware may delay that answer, and the platform calls it
 * sent only afterwards; a refusal that comes meanwhile must not change its status and headers.
 */
export function watchAnswers(context: ExecutionContext): void {
  if (context.getType() !== 'http') return
  const response: Response | undefined = context.switchToHttp().getResponse()
  if (!response) return
  const method = response.raw ? 'send' : 'end'
  const answer = response[method]
  response[method] = (...args) => {
    begun.add(response)
    return answer.apply(response, args)
  }
}

/** Whether an answer has begun since {@link watchAnswers}. */
export function hasBegunToAnswer(response: object): boolean {
  return begun.has(response)
}
