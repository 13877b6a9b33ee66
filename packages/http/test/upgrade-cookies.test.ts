import { describe, expect, it } from 'vitest'
import { token } from './support.ts'
import { guarded, openSocket } from './support-upgrade.ts'

const PATH = '/acme/events/7'
const APP = 'https://app.example'
const tokenFrom = { cookie: '__Host-writ', allowedOrigins: [APP] }

/** The headers of a browser that has a good token in its cookie. */
const browser = async (more: Record<string, string>) => ({
  headers: { Cookie: `theme=dark; __Host-writ=${encodeURIComponent(await token())}`, ...more },
})

describe('a WebSocket that a browser opens with a cookie', () => {
  it.each<[string, Record<string, string>]>([
    ['of an allowed origin', { Origin: APP }],
    ['of this origin, by Sec-Fetch-Site', { Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'same-origin' }],
  ])('a WebSocket of a page %s is opened', async (_name, more) => {
    const { port } = await guarded({ tokenFrom })
    expect(await openSocket(port, PATH, await browser(more))).toMatchObject({ message: 'hello alice' })
  })

  it.each<[string, Record<string, string>]>([
    ['of another site', { Origin: 'https://mallory.example' }],
    ['of another site, as new browsers say it', { Origin: 'https://mallory.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['of a sibling domain', { Origin: 'https://mallory.app.example', 'Sec-Fetch-Site': 'same-site' }],
    ['in a sandbox', { Origin: 'null' }],
    ['whose origin only ends like an allowed one', { Origin: 'https://notapp.example' }],
    ['that does not say its origin', {}],
  ])('a page %s cannot open a socket with the cookie of its visitor', async (_name, more) => {
    const { port, accepted } = await guarded({ tokenFrom })
    const answer = await openSocket(port, PATH, await browser(more))
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('"code":"cross_site"')])
    expect(accepted).toEqual([])
  })

  it('a cookie that is sent twice opens no socket, from an allowed origin either', async () => {
    const { port } = await guarded({ tokenFrom })
    const { headers } = await browser({ Origin: APP })
    const twice = { headers: { ...headers, Cookie: `${headers.Cookie}; __Host-writ=x` } }
    expect((await openSocket(port, PATH, twice)).body).toContain('"code":"malformed_token"')
  })

  it('without allowedOrigins, no origin is allowed', async () => {
    const { port } = await guarded({ tokenFrom: { cookie: '__Host-writ' } })
    expect((await openSocket(port, PATH, await browser({ Origin: APP }))).body).toContain('"code":"cross_site"')
  })
})
