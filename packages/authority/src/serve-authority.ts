import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { type Authority, type AuthorityOptions, createAuthority } from './create-authority.ts'
import type { KeyProvider } from './keys/key-provider.ts'
import { createLocalKeys } from './keys/local/create-local-keys.ts'
import { loadMasterKey } from './keys/local/load-master-key.ts'
import { firstPolicy } from './serve/first-policy.ts'
import { writeFirstSecret } from './serve/write-first-secret.ts'
import { openStore } from './store/open-store.ts'

/** The options of a server. */
export interface ServeOptions extends Omit<AuthorityOptions, 'store' | 'keyProvider' | 'url'> {
  /** The folder of the SQLite database, of the master key and of the first secret. Default `./writ-data`. */
  readonly folder?: string | undefined
  /** `postgres://user@host/database`. Default: SQLite in `folder`. */
  readonly databaseUrl?: string | undefined
  /** Default: keys in the database, under the master key of `WRIT_MASTER_KEY` or of the folder. */
  readonly keyProvider?: KeyProvider | undefined
  /** Default 127.0.0.1: put a proxy with TLS in front. */
  readonly host?: string | undefined
  /** Default 7878; 0 for any. */
  readonly port?: number | undefined
  /** The public URL. Default: where it listens. */
  readonly url?: string | undefined
  /** The subject of the first secret. Default `admin`. */
  readonly admin?: string | undefined
  /** Environment variables, for the master key. Default: none. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
}

/** An authority that listens. */
export interface ServedAuthority extends Pick<Authority, 'enrol' | 'publicKey' | 'administrators'> {
  /** Where it listens. */
  readonly url: string
  /** The file with the secret of the first administrator, if this start has made it. */
  readonly firstSecret: string | undefined
  /** Takes no more requests, finishes those under way within ten seconds, and closes the database. */
  close(): Promise<void>
}

const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const MAX_HEADER_BYTES = 65_536
const FINISH_MS = 10_000
const IDLE_MS = 20

/**
 * Starts an authority as an HTTP server. On the very first start it makes keys, a policy if it was given none, and a secret
 * for the first administrator.
 *
 * @throws As `createAuthority`; an error of the system if it cannot listen.
 *
 * @example
 * ```ts
 * import { serveAuthority } from '@writ/authority'
 *
 * const authority = await serveAuthority({ folder: './writ-data', port: 7878 })
 * console.log(authority.url, authority.firstSecret)
 * await authority.close()
 * ```
 */
export async function serveAuthority(options: ServeOptions = {}): Promise<ServedAuthority> {
  const { folder = './writ-data', databaseUrl, admin = 'admin', environment = {}, host = '127.0.0.1' } = options
  const { name = 'service:authority', port = 7878 } = options
  await makeFolder(folder)
  const keyProvider =
    options.keyProvider ?? createLocalKeys({ masterKey: await loadMasterKey({ environment, folder }) })
  const store = await openStore(databaseUrl ?? folder)
  try {
    let authority: Authority | undefined
    const server = createServer(() => authority)
    server.listen(port, host)
    await once(server, 'listening')
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
    try {
      const initial = options.initial ?? { policy: firstPolicy(admin, name) }
      const created = await createAuthority({ ...options, store, keyProvider, name, initial, url: options.url ?? url })
      const firstSecret = await writeFirstSecret(created, admin, folder)
      authority = created
      return Object.freeze({
        url,
        firstSecret,
        enrol: created.enrol,
        publicKey: created.publicKey,
        administrators: created.administrators,
        async close() {
          await stopServer(server, created)
          await store.close()
        },
      })
    } catch (error) {
      server.close()
      throw error
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The folder holds every private key, so git ignores what is in it. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

/** It listens before there is an authority, whose URL may be the one that it listens on. */
function createServer(find: () => Authority | undefined): Server {
  const starting = () => new Response(null, { status: 503, headers: { 'Retry-After': '1' } })
  return createAdaptorServer({
    fetch: (request, bindings) => find()?.fetch(request, bindings as never) ?? starting(),
    serverOptions: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
  }) as Server
}

async function stopServer(server: Server, authority: Authority): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  // What was busy becomes idle, and would be kept alive.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS)
  const timer = setTimeout(() => server.closeAllConnections(), FINISH_MS)
  // Ends the streams of verifiers, which would stay open otherwise.
  await authority.close()
  await closed
  clearInterval(idle)
  clearTimeout(timer)
}
