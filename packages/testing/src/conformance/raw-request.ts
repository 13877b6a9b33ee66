import { request } from 'node:http'

/** A request as it is sent: nothing is normalised, and no header is merged. */
export interface RawRequest {
  readonly method?: string | undefined
  /** Path and query as sent. */
  readonly path: string
  readonly headers?: readonly (readonly [string, string])[] | undefined
  readonly body?: string | undefined
}

/** A response as it was received. */
export interface RawResponse {
  readonly status: number
  /** Every value of a header, in order. */
  header(name: string): readonly string[]
  /** Everything that was received: header lines, then the body. */
  readonly text: string
  readonly body: string
}

/** Sends one request on a connection of its own. */
export function sendRaw(
  url: string,
  { method = 'GET', path, headers = [], body = '' }: RawRequest,
): Promise<RawResponse> {
  const { hostname, port, host } = new URL(url)
  const length: [string, string][] = body === '' ? [] : [['Content-Length', String(Buffer.byteLength(body))]]
  const sent = [['Host', host], ['Connection', 'close'], ...length, ...headers].flat()
  return new Promise((resolve, reject) => {
    // An array of headers is sent as it is, with repetitions.
    const outgoing = request({ hostname, port, method, path, headers: sent as readonly string[], agent: false })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('error', reject)
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => resolve(responseOf(incoming.statusCode ?? 0, incoming.rawHeaders, chunks)))
    })
    outgoing.end(body)
  })
}

/** Builds a response from what was received. */
export function responseOf(status: number, rawHeaders: readonly string[], chunks: readonly Buffer[]): RawResponse {
  const body = Buffer.concat(chunks).toString()
  return {
    status,
    header: (name) => rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name),
    text: [...rawHeaders, body].join('\n'),
    body,
  }
}
