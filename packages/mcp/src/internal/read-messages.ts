/** What is read of a JSON-RPC message. */
export interface Message {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** That of the SDK. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Reads the messages of a request, of which one body may have many, and returns a request whose body can be read once more.
 * `undefined` for a body that is too large. What is no JSON has no messages: the SDK answers it.
 */
export async function readMessages(
  request: Request,
): Promise<{ readonly request: Request; readonly messages: readonly Message[] } | undefined> {
  if (request.method !== 'POST' || request.body === null) return { request, messages: [] }
  const bytes = await boundedBytes(request.body)
  if (bytes === undefined) return undefined
  const { url, method, headers, signal } = request
  return { request: new Request(url, { method, headers, signal, body: bytes }), messages: messagesIn(bytes) }
}

async function boundedBytes(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > MAX_BYTES) return undefined
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

function messagesIn(bytes: Uint8Array): readonly Message[] {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return []
  }
  return (Array.isArray(json) ? json : [json]).flatMap((message: unknown) => {
    const { method, params } = (message ?? {}) as { readonly method?: unknown; readonly params?: unknown }
    if (typeof method !== 'string') return []
    const isObject = typeof params === 'object' && params !== null
    return [{ method, params: isObject ? (params as Record<string, unknown>) : {} }]
  })
}
