import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { AuthorityError } from '../../authority-error.ts'
import type { HttpEnv } from '../http-parts.ts'

/** Bytes of a body, unless a route takes more. */
export const MAX_BODY: number = 256 * 1024
const MAX_DEPTH = 16

/** Takes a body of JSON, of so many bytes at most. It stands behind the guard: nobody's body is read for nothing. */
export function takesJson(maxSize: number = MAX_BODY): [MiddlewareHandler<HttpEnv>, MiddlewareHandler<HttpEnv>] {
  return [limitBody(maxSize), checkJson]
}

/** Counts a body while it arrives. */
export function limitBody(maxSize: number): MiddlewareHandler<HttpEnv> {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new AuthorityError('too_large', { maxBytes: maxSize })
    },
  })
}

/** Refuses a body of another type. */
export function assertMediaType(c: Context<HttpEnv>, wanted: string): void {
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== wanted) throw new AuthorityError('unsupported_media_type')
}

const checkJson: MiddlewareHandler<HttpEnv> = async (c, next) => {
  assertMediaType(c, 'application/json')
  assertPlain(await readJson(() => c.req.json()))
  await next()
}

async function readJson(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read()
  } catch {
    // The platform's error quotes the body.
    throw new AuthorityError('unreadable_request')
  }
}

/**
 * Refuses members named `__proto__`, which validators skip: a designation that is skipped makes a broader capability. And
 * what is nested deeper than any request.
 */
function assertPlain(body: unknown): void {
  let level: readonly object[] = [body].filter(isObject)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new AuthorityError('invalid_request', { in: 'json', rule: 'too_deep' })
    if (level.some((each) => Object.hasOwn(each, '__proto__'))) {
      throw new AuthorityError('invalid_request', { in: 'json', rule: 'unrecognized_keys' })
    }
    level = level.flatMap((each) => Object.values(each).filter(isObject))
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
