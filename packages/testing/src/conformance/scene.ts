import assert from 'node:assert/strict'
import type { HttpGuardOptions } from '@writ/http'
import { createTestAuthority, type TestAuthority, type TestCapabilityOptions } from '../create-test-authority.ts'
import type { AppDescription, ConformanceGuard, ConformanceTarget, RouteDescription } from './app-description.ts'
import { type Connection, openConnection } from './raw-connection.ts'
import { type RawRequest, type RawResponse, sendRaw } from './raw-request.ts'
import { turns } from './wait.ts'

/** The name of the service in every case. */
export const ANCHOR = 'service:billing'
/** The path of {@link INVOICE_ROUTE} that {@link Scene.token} is good for. */
export const INVOICE = '/acme/invoices/7'

/** A request; `token` is presented as a Bearer credential. */
export type SceneRequest = RawRequest & { readonly token?: string | undefined }

/** A connection that presents tokens. */
export interface SceneConnection {
  send(request: SceneRequest): Promise<RawResponse>
  begin(request: SceneRequest, length: number): void
  abort(): void
}

/** A running app, the authority that it trusts, and clients. */
export interface Scene {
  readonly authority: TestAuthority
  /** The routes whose handler has run, as `GET /path`, one entry per run. */
  readonly runs: readonly string[]
  /** Sends a request on a connection of its own. */
  send(request: SceneRequest): Promise<RawResponse>
  /** Opens a connection that stays open until the case is over. */
  connect(): Promise<SceneConnection>
  /** A GET of `path`. */
  get(path: string, token?: string): Promise<RawResponse>
  /** Mints a token that is good for a GET of {@link INVOICE}; `options` change it. */
  token(options?: Partial<TestCapabilityOptions>): Promise<string>
}

/** What an app has beside the options and the route of every case. */
export interface AppDifference extends Partial<Omit<AppDescription, 'options'>> {
  readonly options?: Partial<HttpGuardOptions>
}

/** A case: its app and what is done with it. */
export interface Scenario {
  readonly name: string
  /** How the app differs from one that has only {@link INVOICE_ROUTE}. */
  readonly app?: ((authority: TestAuthority) => AppDifference) | undefined
  run(scene: Scene): Promise<void>
}

/** A route whose handler answers what it sees. */
export function route(
  method: RouteDescription['method'],
  path: string,
  guards: ConformanceGuard | readonly ConformanceGuard[],
  accessor: RouteDescription['accessor'] = 'optionalCapability',
): RouteDescription {
  return {
    method,
    path,
    guards: Array.isArray(guards) ? guards : [guards as ConformanceGuard],
    accessor,
    handle: ({ capability, params }) => ({
      route: `${method} ${path}`,
      subject: capability?.subject ?? null,
      designations: capability?.designations ?? null,
      enforced: capability?.enforced ?? null,
      code: (capability?.enforced === false && capability.code) || null,
      params,
    }),
  }
}

/** The route of most cases: two designations, one from the defaults of the guard. */
export const INVOICE_ROUTE: RouteDescription = route('GET', '/:tenantId/invoices/:invoiceId', {
  defaults: [{ resource: 'invoices', designate: ['tenantId'] }],
  requirement: { designate: ['invoiceId'] },
})

/** Sets a scenario up, runs it, and stops the app in any case. */
export async function play({ app, run }: Scenario, target: ConformanceTarget): Promise<void> {
  const authority = await createTestAuthority()
  const runs: string[] = []
  const watch = (one: RouteDescription): RouteDescription => ({
    ...one,
    handle(seen) {
      runs.push(`${one.method} ${one.path}`)
      return one.handle(seen)
    },
  })
  const given: AppDifference = app?.(authority) ?? {}
  const { routes = [INVOICE_ROUTE], mounts = [] } = given
  const mounted = await target.mount({
    cors: false,
    json: false,
    ...given,
    options: { keys: authority.publicKey, now: authority.now, anchor: ANCHOR, ...given.options },
    routes: routes.map(watch),
    mounts: mounts.map((mount) => ({ path: mount.path, routes: mount.routes.map(watch) })),
  })
  const { scene, answers, hangUp } = sceneOf(mounted.url, authority, runs)
  try {
    await run(scene)
    await turns(3)
    const passed = answers.filter(({ status }) => status === 200 || status === 304).length
    assert.equal(runs.length, passed, 'a handler runs once for each request that passes, and for no other')
  } finally {
    hangUp()
    await mounted.close()
  }
}

function sceneOf(url: string, authority: TestAuthority, runs: readonly string[]) {
  const answers: RawResponse[] = []
  const connections: Connection[] = []
  const withToken = ({ token, headers = [], ...request }: SceneRequest): RawRequest => {
    const credential = token === undefined ? [] : [['Authorization', `Bearer ${token}`] as const]
    return { ...request, headers: [...headers, ...credential] }
  }
  const keep = async (answer: Promise<RawResponse>, token: string | undefined): Promise<RawResponse> => {
    const response = await answer
    answers.push(response)
    // A short token is not a secret, and may be part of any word.
    if (token && token.length > 16) assert.ok(!response.text.includes(token), 'a response holds the token')
    return response
  }
  const send: Scene['send'] = (request) => keep(sendRaw(url, withToken(request)), request.token)
  const scene: Scene = {
    authority,
    runs,
    send,
    async connect() {
      const connection = await openConnection(url)
      connections.push(connection)
      return {
        send: (request) => keep(connection.send(withToken(request)), request.token),
        begin: (request, length) => connection.begin(withToken(request), length),
        abort: () => connection.abort(),
      }
    },
    get: (path, token) => send({ path, token }),
    token: (options) =>
      authority.mint({
        resource: 'invoices',
        operation: 'read',
        designations: { tenantId: 'acme', invoiceId: '7' },
        anchor: ANCHOR,
        ...options,
      }),
  }
  const hangUp = (): void => {
    for (const connection of connections) connection.abort()
  }
  return { scene, answers, hangUp }
}
