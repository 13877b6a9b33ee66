import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Problem } from 'service-kit'

const MOST_BYTES = 1024

/** Middleware in front of {@link jsonBody}. */
export const smallBody: MiddlewareHandler = bodyLimit({
  maxSize: MOST_BYTES,
  onError() {
    throw new Problem(413, `the body may have ${MOST_BYTES} bytes`)
  },
})

/** The parsed body. Only a body with the type of JSON counts, which no form of a page can send. */
export async function jsonBody(c: Context): Promise<unknown> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/json\s*(?:;|$)/i.test(type)) throw new Problem(415, 'the body must be application/json')
  try {
    return await c.req.json()
  } catch (cause) {
    throw new Problem(400, 'the body must be a JSON object', { cause })
  }
}
