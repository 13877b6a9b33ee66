import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Listening, listen } from 'service-kit/testing'

export interface RecordedRequest {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface RecordingOrders extends Listening {
  /** What has arrived since the last reset. */
  readonly requests: RecordedRequest[]
  /** How it answers from now on. */
  answerWith(answer: RequestListener): void
  /** Forgets what has arrived, and answers `{ "order": "as orders has it" }`. */
  reset(): void
}

export const ORDER = { order: 'as orders has it' }

const answerOrder: RequestListener = (_req, res) => void res.end(JSON.stringify(ORDER))

/** A server in the place of orders that records what arrives. */
export async function startOrders(): Promise<RecordingOrders> {
  const requests: RecordedRequest[] = []
  let answer = answerOrder
  const record: RequestListener = (req, res) => {
    const { method, url, headers } = req
    void text(req).then((body) => {
      requests.push({ method, url, headers, body })
      answer(req, res)
    })
  }
  return {
    ...(await listen(createServer(record))),
    requests,
    answerWith(next) {
      answer = next
    },
    reset() {
      answer = answerOrder
      requests.length = 0
    },
  }
}
