import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findToken } from '../src/internal/find-token.ts'
import { guardWith, invoice, refusalFrom, token, view } from './support.ts'

const NAME = '__Host-writ'
const APP = 'https://app.example'
const OWN: Headers = { 'sec-fetch-site': 'same-origin' }

type Headers = Readonly<Record<string, string | readonly string[]>>

const headerOf = (headers: Headers) => (name: string) => [headers[name] ?? []].flat()

/** What a GET with these `Cookie` headers presents. */
const found = (cookie: string | readonly string[], more: Headers = {}) =>
  findToken(
    { method: 'GET', header: headerOf({ cookie, ...more }) },
    { header: 'cookie', cookie: { name: NAME, allowedOrigins: new Set() } },
  )

/** What the guard decides about a write with a good token in a cookie. */
async function write(
  headers: Headers,
  more: { method?: string; changedHeader?: (name: string) => string[] | undefined } = {},
) {
  const cookie = `${NAME}=${await token({ operation: 'write' })}`
  const request = view({ method: 'POST', header: headerOf({ cookie, ...headers }), ...more })
  const tokenFrom = { cookie: NAME, allowedOrigins: [APP] }
  const refusal = await refusalFrom(guardWith({ tokenFrom })(request, { ...invoice, operation: 'write' }))
  return refusal?.code
}

describe('a token in a cookie', () => {
  it.each([
    [`${NAME}=abc`, 'abc'],
    [`a=b; ${NAME}=abc; c=d`, 'abc'],
    [`a=b;${NAME}=abc;`, 'abc'],
    [` ${NAME} = abc `, 'abc'],
    [`${NAME}="abc"`, 'abc'],
    [`${NAME}=abc=`, 'abc='],
    [`${NAME}=abc==`, 'abc=='],
    [`${NAME}=abc%3D`, 'abc='],
    [`${NAME}=abc%3d%3D`, 'abc=='],
    [`${NAME}="abc%3D%3D"`, 'abc=='],
    [`${NAME}=%61bc`, '%61bc'],
    [`${NAME}="`, '"'],
    [`x${NAME}=no; ${NAME}=abc`, 'abc'],
    [`x=${NAME}=no; ${NAME}=abc`, 'abc'],
  ])('the cookies %j present %j', (cookie, text) => {
    expect(found(cookie)).toEqual({ token: text })
  })

  it.each([
    '',
    'a=b',
    NAME,
    `${NAME}=`,
    `${NAME}=""`,
    `${NAME.toLowerCase()}=abc`,
    `${NAME}2=abc`,
    `x${NAME}=abc`,
    `=${NAME}`,
    `a="${NAME}"`,
    // Some servers remove such spaces, but a browser does not take these names for ones with the prefix, so a page of a
    // sibling domain may set them.
    `\u00a0${NAME}=abc`,
    `${NAME}\u0085=abc`,
    `%5F%5FHost-writ=abc`,
    `$Version=1`,
  ])('the cookies %j present no credential', (cookie) => {
    expect(found(cookie)).toBe('none')
  })

  it.each<[string, string | string[]]>([
    ['two values', `${NAME}=abc; ${NAME}=def`],
    ['the same value twice', `${NAME}=abc; ${NAME}=abc`],
    ['a second that is empty', `${NAME}=abc; ${NAME}=`],
    ['a first that is empty', `${NAME}=; ${NAME}=abc`],
    ['spaces around its second name', `${NAME}=abc; \t${NAME}\t=def`],
    ['two headers', [`${NAME}=abc`, `${NAME}=def`]],
    ['two headers that a proxy has joined', `${NAME}=abc, ${NAME}=def`],
    ['itself in the value of another cookie, after a comma', `theme=dark,${NAME}=abc`],
    ['quotes around the first', `a="b; ${NAME}=abc; c="; ${NAME}=def`],
  ])('a cookie with %s is refused as more than one', (_name, cookie) => {
    expect(found(cookie)).toBe('several')
  })

  it('a Bearer credential beside the cookie is a second one, another scheme is not', () => {
    expect(found(`${NAME}=abc`, { authorization: 'Bearer def' })).toBe('several')
    expect(found(`${NAME}=abc`, { authorization: 'Basic def, Bearer ghi' })).toBe('several')
    expect(found(`${NAME}=abc`, { authorization: 'Basic def' })).toEqual({ token: 'abc' })
    expect(found('a=b', { authorization: 'Bearer def' })).toBe('none')
  })

  it('cookies that come in several headers, as over HTTP/2, present the same as in one', () => {
    const pair = fc.constantFrom(`${NAME}=abc`, `${NAME}=`, 'a=b', '', NAME, ` ${NAME} = def`, `x,${NAME}=ghi`)
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 5 }), (pairs) => {
        expect(found(pairs)).toEqual(found(pairs.join('; ')))
      }),
    )
  })

  it.each([';', `${NAME};`, ',', `,${NAME}=`, '%3D', ' ', '="'])(
    'a Cookie header of a megabyte of %j is read in linear time',
    (part) => {
      const time = (size: number) => {
        const cookie = `${NAME}=${part.repeat(size / part.length)}x`
        const start = performance.now()
        found(cookie)
        return performance.now() - start
      }
      time(1000)
      // A quadratic reader would take minutes.
      expect(time(1_000_000)).toBeLessThan(5000)
    },
  )

  it('an answer to a cookie is private, and a refusal challenges as usual', async () => {
    const decide = guardWith({ tokenFrom: { cookie: NAME } })
    const passed = await decide(view({ header: headerOf({ cookie: `${NAME}=${await token()}` }) }))
    expect(passed).toMatchObject({ allowed: true, headers: { 'Cache-Control': 'private' } })
    const refusal = await refusalFrom(decide(view({ authorization: [`Bearer ${await token()}`] })))
    expect([refusal?.code, refusal?.headers['WWW-Authenticate']]).toEqual(['missing_token', 'Bearer realm="writ"'])
  })
})

describe('a request that a page of another site may have sent', () => {
  it.each<[string, Headers]>([
    ['nothing says who asks', {}],
    ['another site asks', { 'sec-fetch-site': 'cross-site', origin: 'https://mallory.example' }],
    ['a sibling domain asks', { 'sec-fetch-site': 'same-site', origin: 'https://shop.app.example' }],
    ['the origin is opaque', { origin: 'null' }],
    ['the origin only begins with an allowed one', { origin: `${APP}.mallory.example` }],
    ['the origin has another scheme', { origin: 'http://app.example' }],
    ['the origin has another port', { origin: `${APP}:8443` }],
    ['the origin is in capitals', { origin: 'https://APP.example' }],
    ['there are two origins', { origin: [APP, APP] }],
    ['two origins are joined', { origin: `${APP}, ${APP}` }],
    ['the site is said twice', { 'sec-fetch-site': ['same-origin', 'cross-site'] }],
    ['the site is said twice in one header', { 'sec-fetch-site': 'same-origin, cross-site' }],
    ['the site is in capitals', { 'sec-fetch-site': 'SAME-ORIGIN' }],
    ['only the referer says who asks', { referer: `${APP}/page` }],
    ['only the host says who asks', { host: 'app.example', 'x-requested-with': 'XMLHttpRequest' }],
  ])('a write by cookie is refused if %s', async (_name, headers) => {
    expect(await write(headers)).toBe('cross_site')
  })

  it.each<[string, Headers]>([
    ['a page of this site asks', OWN],
    ['the user asks', { 'sec-fetch-site': 'none' }],
    ['a page of an allowed origin asks', { 'sec-fetch-site': 'cross-site', origin: APP }],
    ['an old browser names an allowed origin', { origin: APP }],
  ])('a write by cookie passes if %s', async (_name, headers) => {
    expect(await write(headers)).toBe(undefined)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'CONNECT', 'TRACE', 'get', 'PROPFIND', ''])(
    '%j by cookie is refused without a word about who asks',
    async (method) => {
      expect(await write({}, { method })).toBe('cross_site')
    },
  )

  it.each(['GET', 'HEAD', 'OPTIONS'])('%s by cookie passes whoever asks', async (method) => {
    expect(await write({ 'sec-fetch-site': 'cross-site' }, { method })).toBe(undefined)
  })

  it('an upgrade by cookie must say who asks, since the page may read what the socket sends', async () => {
    const method = 'GET'
    expect(await write({ upgrade: 'websocket' }, { method })).toBe('cross_site')
    expect(await write({ upgrade: 'websocket', origin: 'https://mallory.example' }, { method })).toBe('cross_site')
    expect(await write({ upgrade: 'h2c' }, { method })).toBe('cross_site')
    expect(await write({ upgrade: 'websocket', origin: APP }, { method })).toBe(undefined)
    const removed = (name: string) => (name === 'upgrade' ? [] : undefined)
    expect(await write({}, { method, changedHeader: removed })).toBe('cross_site')
  })

  it('a refusal of another site says nothing about the token or the route', async () => {
    const answers = new Set<string>()
    for (const text of [await token(), await token({ resource: 'orders' }), 'nonsense']) {
      const request = view({ method: 'POST', header: headerOf({ cookie: `${NAME}=${text}` }) })
      const refusal = await refusalFrom(guardWith({ tokenFrom: { cookie: NAME } })(request, invoice))
      answers.add(JSON.stringify([refusal?.status, refusal?.headers, refusal?.body]))
    }
    expect([...answers]).toHaveLength(1)
    expect([...answers][0]).not.toMatch(/invoices|required/)
  })

  it('a route that is optional lets nobody in by the cookie of another site', async () => {
    const optional = { ...invoice, optional: true }
    const decide = guardWith({ tokenFrom: { cookie: NAME } })
    const forged = view({ method: 'POST', header: headerOf({ cookie: `${NAME}=${await token()}` }) })
    expect(await refusalFrom(decide(forged, optional))).toMatchObject({ code: 'cross_site' })
    expect(await decide(view({ method: 'POST' }), optional)).toMatchObject({ allowed: true, capability: undefined })
  })

  it('allowedOrigins is copied: a list that is changed later opens nothing', async () => {
    const allowedOrigins = [APP]
    const decide = guardWith({ tokenFrom: { cookie: NAME, allowedOrigins } })
    allowedOrigins.push('https://mallory.example')
    const header = headerOf({ cookie: `${NAME}=${await token()}`, origin: 'https://mallory.example' })
    expect(await refusalFrom(decide(view({ method: 'DELETE', header })))).toMatchObject({ code: 'cross_site' })
  })
})
