import { isIP } from 'node:net'
import type { Context } from 'hono'
import type { HttpEnv } from '../http-parts.ts'

/** Whoever has no address shares one. */
const UNKNOWN = 'unknown'
const MAX_HEADER = 2048

/**
 * Whom limits count: the address of the socket, or the one that the outermost of the trusted proxies has seen. Of IPv6 it is
 * the network of 64 bits, since anybody has all addresses of one.
 *
 * @param trustProxy - How many proxies in front append to `X-Forwarded-For`. What stands before their entries is anybody's.
 */
export function callerAddress(c: Context<HttpEnv>, trustProxy: number): string {
  const socket = c.env?.incoming?.socket.remoteAddress ?? UNKNOWN
  if (trustProxy === 0) return networkOf(socket)
  const header = c.req.header('x-forwarded-for') ?? ''
  const said = header.slice(-MAX_HEADER).split(',').at(-trustProxy)?.trim() ?? ''
  return networkOf(isIP(said) === 0 ? socket : said)
}

/** `2001:db8:0:1::/64` for all addresses of that network; an IPv4 address as it is. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (isIP(address) !== 6) return address
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  // A dotted end stands for two groups.
  const length = after.length + (after.at(-1)?.includes('.') ? 1 : 0)
  const all = [...groups, ...Array<string>(Math.max(0, 8 - groups.length - length)).fill('0'), ...after]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
