import { Hono } from 'hono'
import type { RouterRoute } from 'hono/types'

type Handler = RouterRoute['handler']

let mountShape: string | undefined

/**
 * Whether `app.mount` made a handler. It hides an app that cannot be looked into, so it counts as a handler that answers.
 *
 * Hono marks such handlers in no way, so their code is compared with that of a mount made here. The comparison leaves out
 * names, so it also recognises mounts of another copy of Hono, minified or not. A handler of the same shape that is not a
 * mount passes the request on in the same way, so treating it as a mount is right too.
 */
export function isMount(handler: Handler): boolean {
  mountShape ??= shapeOf(sampleMount())
  return shapeOf(handler) === mountShape
}

function sampleMount(): Handler | undefined {
  const [route] = new Hono().mount('/', () => new Response()).routes
  return route?.handler
}

/**
 * The code of a function with `_` for each name and keyword and without space; the properties that it reads keep their
 * names.
 */
function shapeOf(handler: Handler | undefined): string {
  return String(handler)
    .replaceAll(/(?<=\.{3}|[^.\w$]|^)[A-Za-z_$][\w$]*/g, '_')
    .replaceAll(/[\s;]+/g, '')
}
