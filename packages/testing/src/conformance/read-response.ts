import { type RawResponse, responseOf } from './raw-request.ts'

/** The first response in `received`, and what follows it. `undefined` if the response is not complete. */
export function readResponse(
  received: Buffer,
  head: boolean,
): { readonly response: RawResponse; readonly rest: Buffer } | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [statusLine = '', ...lines] = received.toString('latin1', 0, end).split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const after = received.subarray(end + 4)
  // Interim answers, such as 100 Continue.
  if (status < 200) return readResponse(after, head)
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const body = head || status === 204 || status === 304 ? { chunks: [], rest: after } : readBody(rawHeaders, after)
  return body && { response: responseOf(status, rawHeaders, body.chunks), rest: body.rest }
}

interface Body {
  readonly chunks: readonly Buffer[]
  readonly rest: Buffer
}

function readBody(rawHeaders: readonly string[], received: Buffer): Body | undefined {
  const value = (name: string) => rawHeaders.find((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name)
  if (value('transfer-encoding') === 'chunked') return readChunks(received)
  const length = Number(value('content-length') ?? 0)
  return received.length < length
    ? undefined
    : { chunks: [received.subarray(0, length)], rest: received.subarray(length) }
}

function readChunks(received: Buffer): Body | undefined {
  const chunks: Buffer[] = []
  for (let rest = received; ; ) {
    const line = rest.indexOf('\r\n')
    if (line === -1) return undefined
    const size = Number.parseInt(rest.toString('latin1', 0, line), 16)
    const end = line + 2 + size + 2
    if (rest.length < end) return undefined
    chunks.push(rest.subarray(line + 2, end - 2))
    rest = rest.subarray(end)
    if (size === 0) return { chunks, rest }
  }
}
