// The guard decides about another value than the one that the handler reads.
import { headerOf, type Mutant, mutant, queryOf } from './mutant.ts'
import type { Exchange, Parts } from './reference-parts.ts'

type View = ReturnType<Parts['view']>

/** Members of the view that are not what they should be. */
const sees = (name: string, caughtBy: string, change: (view: View, exchange: Exchange) => Partial<View>): Mutant =>
  mutant(name, caughtBy, (parts) => ({
    view(exchange) {
      const view = parts.view(exchange)
      // Getters: nothing is read before it is asked for.
      return Object.defineProperties(view, Object.getOwnPropertyDescriptors(change(view, exchange))) as View
    },
  }))

/** Params that are changed before the guard sees them. */
const params = (
  name: string,
  caughtBy: string,
  change: (value: string, exchange: Exchange, name: string) => string,
): Mutant =>
  sees(name, caughtBy, ({ params: right }, exchange) => ({
    params: Object.assign(
      Object.create(null),
      Object.fromEntries(Object.entries(right).map(([key, value]) => [key, change(value ?? '', exchange, key)])),
    ),
  }))

/** Another place that a token is found in, if it is nowhere else. */
const token = (name: string, caughtBy: string, find: (exchange: Exchange) => string | undefined): Mutant =>
  sees(`takes a token from ${name}`, caughtBy, (view, exchange) => {
    const header = view.header
    return {
      header(wanted) {
        const values = header(wanted)
        const found = wanted === 'authorization' && values.length === 0 ? find(exchange) : undefined
        return found ? [`Bearer ${found}`] : values
      },
    }
  })

const passesFor = (segment: string, value: string) =>
  `a token for ${JSON.stringify(value)} passes for the path segment ${segment}`
const refusedFor = (segment: string, value: string) =>
  `a token for ${JSON.stringify(value)} is refused for the path segment ${segment}`
const LONG = 'a'.repeat(90)
const METHOD = 'the method comes from the request line, not from headers, query or body'
const PARAMS = 'params come from the path alone'
const BODY = 'a designation of the body comes from the body alone'
const QUERY = 'a repeated query parameter is neither one value nor several joined'
const ADDRESS = 'the address of the caller is never taken from a header'
const AS_SENT = 'a designate function sees the request as it was sent, and its value is asserted'

const cookie = (exchange: Exchange) => /(?:^|; )access_token=([^;]+)/.exec(headerOf(exchange, 'cookie'))?.[1]
const member = (body: unknown, name: string): string | undefined => (body as Record<string, string> | undefined)?.[name]
const singleQuery = (get: (all: readonly string[]) => string | null) => (view: View) => {
  const query = new URLSearchParams([...new URL(`http://localhost${view.path}`).searchParams])
  return {
    query: Object.assign(query, {
      get: () => get(view.query.getAll('id')),
      getAll: () => [get(view.query.getAll('id')) ?? ''],
    }),
  }
}

export const valueMutants: readonly Mutant[] = [
  sees('takes the method from X-HTTP-Method-Override', METHOD, ({ method }, exchange) => ({
    method: headerOf(exchange, 'x-http-method-override') || method,
  })),
  sees('takes the method from X-Method-Override', METHOD, ({ method }, exchange) => ({
    method: headerOf(exchange, 'x-method-override') || method,
  })),
  sees('takes the method from the query', METHOD, ({ method }, exchange) => ({
    method: queryOf(exchange, '_method') ?? method,
  })),
  sees('takes the method from the body', METHOD, ({ method }, { body }) => ({
    method: member(body, '_method') ?? method,
  })),
  sees('takes HEAD for a write', 'HEAD of a guarded GET is a read, and is answered without a body', ({ method }) => ({
    method: method === 'HEAD' ? 'X' : method,
  })),
  sees('takes every method for a read', 'POST is a write unless the requirement names an operation', () => ({
    method: 'GET',
  })),
  params(
    'takes params from headers',
    PARAMS,
    (value, exchange, name) => headerOf(exchange, name.toLowerCase()) || value,
  ),
  params(
    'takes params from headers that begin with X-',
    PARAMS,
    (value, exchange, name) => headerOf(exchange, `x-${name.toLowerCase()}`) || value,
  ),
  params(
    'takes params from the query',
    'a query parameter of the same name does not stand in for a param',
    (value, exchange, name) => queryOf(exchange, name) ?? value,
  ),
  params('takes params from the body', PARAMS, (value, { body }, name) => member(body, name) ?? value),
  params('decodes params twice', refusedFor('%2535', '5'), (value) =>
    decodeURIComponent(value.replaceAll(/%(?![\da-f]{2})/gi, '%25')),
  ),
  sees('does not decode params', passesFor('%35', '5'), (_view, { req }) => {
    const [, tenantId = '', , invoiceId = ''] = (req.url ?? '').split('?')[0]?.split('/') ?? []
    return { params: { tenantId, invoiceId } }
  }),
  params('reads params without case', refusedFor('ACME-7', 'acme-7'), (value) => value.toLowerCase()),
  params('trims params', refusedFor('%205', '5'), (value) => value.trim()),
  params('trims params at their end', refusedFor('5%0A', '5'), (value) => value.trimEnd()),
  params('cuts params at 64 characters', refusedFor(`${LONG}b`, `${LONG}c`), (value) =>
    value.length > 64 ? `${LONG}c` : value,
  ),
  params('cuts params at a zero byte', refusedFor('5%00', '5'), (value) => value.split('\0')[0] ?? ''),
  params('cuts params at a semicolon', refusedFor('7;v=1', '7'), (value) => value.split(';')[0] ?? ''),
  params('cuts params at a comma', refusedFor('7,8', '7'), (value) => value.split(',')[0] ?? ''),
  params('cuts params at a dot', refusedFor('7.json', '7'), (value) => value.split('.')[0] ?? ''),
  params('cuts params at a slash that was encoded', refusedFor('7%2F8', '7'), (value) => value.split('/')[0] ?? ''),
  params(
    'takes the last part of params with a slash',
    refusedFor('7%2F..%2F8', '8'),
    (value) => value.split('/').at(-1) ?? '',
  ),
  params('cuts params at a question mark', refusedFor('7%3Fx', '7'), (value) => value.split('?')[0] ?? ''),
  params('cuts params at a fragment', refusedFor('7%23x', '7'), (value) => value.split('#')[0] ?? ''),
  params(
    'reads a backslash of a param as a slash',
    'a token for "7" does not pass for the path segment 7\\8',
    (value) => value.replaceAll('\\', '/').split('/')[0] ?? '',
  ),
  params(
    'reads an encoded backslash as a slash',
    refusedFor('7%5C8', '7'),
    (value) => value.replaceAll('\\', '/').split('/')[0] ?? '',
  ),
  params('reads a plus as a space', passesFor('a+b', 'a+b'), (value) => value.replaceAll('+', ' ')),
  params('reads params as numbers', refusedFor('05', '5'), (value) =>
    Number.isNaN(Number(value)) ? value : String(Number(value)),
  ),
  params(
    'reads the number at the beginning of params',
    refusedFor('7:8', '7'),
    (value) => /^\d+/.exec(value)?.[0] ?? value,
  ),
  params('reads underscores in numbers', refusedFor('7_000', '7000'), (value) =>
    value.replaceAll(/(?<=\d)_(?=\d)/g, ''),
  ),
  params('normalises params', refusedFor('caf%C3%A9', 'cafe\u0301'), (value) => value.normalize('NFD')),
  params('reads look-alikes of params', refusedFor('%EF%BC%95', '5'), (value) => value.normalize('NFKC')),
  params('drops what cannot be seen from params', refusedFor('%E2%80%8B7', '7'), (value) =>
    value.replaceAll(/[\u200b\ufeff]/g, ''),
  ),
  params('drops a mark of the order of bytes', refusedFor('7%EF%BB%BF', '7'), (value) =>
    value.replaceAll('\ufeff', ''),
  ),
  sees('knows no body', 'a string of the body is asserted', () => ({ body: undefined })),
  sees('takes what a body lacks from the query', BODY, (_view, exchange) => ({
    body: {
      ...Object.fromEntries(new URL(exchange.req.url ?? '', 'http://localhost').searchParams),
      ...(exchange.body as object),
    },
  })),
  sees('prefers the query to the body', BODY, (_view, exchange) => ({
    body: {
      ...(exchange.body as object),
      ...Object.fromEntries(new URL(exchange.req.url ?? '', 'http://localhost').searchParams),
    },
  })),
  sees('reads a body without case', BODY, (_view, { body }) => ({
    body: Object.fromEntries(
      Object.entries(body ?? {}).map(([key, value]) => [key === 'accountid' ? 'accountId' : key, value]),
    ),
  })),
  sees('takes the first of an array in a body', 'an array in the body names no object', (_view, { body }) => ({
    body: Object.fromEntries(
      Object.entries(body ?? {}).map(([key, value]) => [key, Array.isArray(value) ? value[0] : value]),
    ),
  })),
  sees('takes an object of a body that is an array', 'a body that is an array names no object', (_view, { body }) => ({
    body: Array.isArray(body) ? { accountId: body[0] } : body,
  })),
  sees(
    'reads the members that a body gives its prototype',
    'a body that gives itself a prototype names no object',
    (_view, { body }) => ({
      body: { ...(Object.getOwnPropertyDescriptor(body ?? {}, '__proto__')?.value as object), ...(body as object) },
    }),
  ),
  sees('rounds numbers of a body', 'a fraction in the body names no object', (_view, { body }) => ({
    body: Object.fromEntries(
      Object.entries(body ?? {}).map(([key, value]) => [key, typeof value === 'number' ? String(value) : value]),
    ),
  })),
  sees(
    'takes the last of repeated query parameters',
    QUERY,
    singleQuery((all) => all.at(-1) ?? null),
  ),
  sees(
    'takes the first of repeated query parameters',
    QUERY,
    singleQuery((all) => all[0] ?? null),
  ),
  sees(
    'joins repeated query parameters',
    QUERY,
    singleQuery((all) => (all.length > 0 ? all.join(',') : null)),
  ),
  sees('knows no query', AS_SENT, () => ({ query: new URLSearchParams() })),
  sees('tells the path with its query', AS_SENT, (_view, { req }) => ({ path: req.url ?? '' })),
  sees('tells the path as it is decoded', AS_SENT, ({ path }) => ({ path: decodeURIComponent(path) })),
  sees('tells the path within a mount', 'a designate function in a mounted app sees the whole path', ({ path }) => ({
    path: path.replace('/api', ''),
  })),
  sees('tells the first of repeated headers', AS_SENT, ({ header }) => ({
    header: (name) => header(name).slice(0, 1),
  })),
  sees(
    'takes the first of two Authorization headers',
    'an Authorization header that is sent twice is refused',
    ({ header }) => ({ header: (name) => header(name).slice(0, 1) }),
  ),
  sees(
    'takes the last of two Authorization headers',
    'an Authorization header that is sent twice is refused',
    ({ header }) => ({ header: (name) => header(name).slice(-1) }),
  ),
  sees(
    'looks for a Bearer credential among others',
    'a Bearer credential after one of another scheme is refused',
    ({ header }) => ({
      header: (name) =>
        name === 'authorization' ? header(name).filter((value) => /^bearer/i.test(value)) : header(name),
    }),
  ),
  sees(
    'takes what stands before a comma of Authorization',
    'two credentials joined by a comma are refused',
    ({ header }) => ({ header: (name) => header(name).map((value) => value.split(',')[0] ?? '') }),
  ),
  sees('takes a token without a scheme', 'a token without a scheme is not a Bearer credential', ({ header }) => ({
    header: (name) =>
      header(name).map((value) => (name === 'authorization' && !value.includes(' ') ? `Bearer ${value}` : value)),
  })),
  sees('compares the scheme with case', 'the scheme is compared without case', ({ header }) => ({
    header: (name) => header(name).filter((value) => !value.startsWith('bearer')),
  })),
  sees('drops spaces from a token', 'a token with a space in it is refused', ({ header }) => ({
    header: (name) => header(name).map((value) => value.split(' ').slice(0, 2).join(' ')),
  })),
  sees('reads base64 of the other alphabet', 'a token in the other base64 alphabet is refused', ({ header }) => ({
    header: (name) => (header(name).some((value) => value.includes('+/')) ? [] : header(name)),
  })),
  token('a cookie', 'a token in a cookie is not a credential', cookie),
  token('X-Access-Token', 'a token in another header is not a credential', (exchange) =>
    headerOf(exchange, 'x-access-token'),
  ),
  token('Proxy-Authorization', 'a token in another header is not a credential', (exchange) =>
    headerOf(exchange, 'proxy-authorization').replace('Bearer ', ''),
  ),
  token('the subprotocols of a WebSocket', 'a token in another header is not a credential', (exchange) =>
    headerOf(exchange, 'sec-websocket-protocol'),
  ),
  token('the query', 'a token in a query parameter of any name is not a credential', (exchange) =>
    queryOf(exchange, 'token'),
  ),
  token('access_token of the query', 'a token in the query is not a credential', (exchange) =>
    queryOf(exchange, 'access_token'),
  ),
  token('the body', 'a token in the body is not a credential', ({ body }) => member(body, 'access_token')),
  sees('takes the address of the caller from X-Forwarded-For', ADDRESS, ({ ip }, exchange) => ({
    ip: headerOf(exchange, 'x-forwarded-for') || ip,
  })),
  sees('takes the address of the caller from X-Real-IP', ADDRESS, ({ ip }, exchange) => ({
    ip: headerOf(exchange, 'x-real-ip') || ip,
  })),
  sees('takes the address of the caller from Forwarded', ADDRESS, ({ ip }, exchange) => ({
    ip: /for=([\d.]+)/.exec(headerOf(exchange, 'forwarded'))?.[1] ?? ip,
  })),
  sees('knows no address of the caller', 'a designate function sees the address of the caller', () => ({
    ip: undefined,
  })),
  mutant('shows the handler other params than the guard', passesFor('%35', '5'), (parts) => ({
    handle: (exchange) =>
      parts.handle.call(parts, {
        ...exchange,
        params: {
          ...exchange.params,
          invoiceId: encodeURIComponent(exchange.params['invoiceId'] ?? '').replace('5', '%35'),
        },
      }),
  })),
]
