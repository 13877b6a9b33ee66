import autocannon from 'autocannon'
import type { RequestMaker, Sent } from './adapter-requests.ts'
import { fail } from './options.ts'
import type { Service } from './service.ts'

const CONNECTIONS = 10

export interface Load {
  readonly answered: number
  readonly passed: number
  readonly refused: number
  readonly perSecond: number
  /** Bytes in use, taken as often as was asked for, all along. */
  readonly memory: readonly number[]
}

/** Sends so many requests, one of each kind in turn. An answer with another status than it must have is a failure. */
export async function loadService(
  service: Service,
  kinds: readonly RequestMaker[],
  count: number,
  samples: number,
): Promise<Load> {
  const memory: Promise<number>[] = []
  const start = performance.now()
  let made = 0
  let answered = 0
  let closed = 0
  let passed = 0
  const instance = autocannon({
    url: service.url,
    connections: CONNECTIONS,
    amount: count,
    // How long the end may go unnoticed, in milliseconds.
    sampleInt: 50,
    requests: [
      {
        setupRequest(request, context) {
          const sent = (kinds[made % kinds.length] as RequestMaker)(made)
          made++
          Object.assign(context, { sent })
          const { method = 'GET', path, headers = {}, body = '' } = sent
          return { ...request, method, path, headers, body }
        },
        onResponse(status, body, context, headers) {
          const { sent } = context as { sent: Sent }
          const { answer } = sent
          if (answer === 'refused' ? status < 400 || status > 499 : status !== answer)
            fail('another answer than it must be', { url: service.url, sent, status, body })
          answered++
          if (new Headers(headers as Record<string, string>).get('connection') === 'close') closed++
          if (status < 300) passed++
          if (memory.length < Math.floor((answered * samples) / count)) memory.push(service.memory())
        },
      },
    ],
  })
  const { errors, timeouts, resets } = await instance
  const seconds = (performance.now() - start) / 1000
  // What is sent just when a server closes the connection, as after a body that it cannot read, gets no answer.
  if (errors + timeouts + resets > 0 || answered + closed < count)
    fail('requests without an answer', { url: service.url, errors, timeouts, resets, answered, closed, count })
  return {
    answered,
    passed,
    refused: answered - passed,
    perSecond: answered / seconds,
    memory: await Promise.all(memory),
  }
}
