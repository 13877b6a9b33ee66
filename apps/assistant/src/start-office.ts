import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { serveAuthority } from '@writ/authority'
import { type Client, createClient } from '@writ/client'
import { createUseLedger, generateKeyPair, type KeyPair } from '@writ/core'
import { createToolGuard, guardHttp } from '@writ/mcp'
import { createServer } from './create-server.ts'
import { createOffice, type Office } from './office/office.ts'

/** An authority and an MCP server, both on free ports of this machine. */
export interface RunningOffice {
  readonly office: Office
  /** The root public key. */
  readonly keys: string
  /** The MCP server. */
  readonly url: URL
  readonly authorityUrl: string
  /** The keys of whoever approves payments. They would be on a device of their own. */
  readonly finance: KeyPair
  /** A client that has an identity of a subject. */
  clientOf(subject: string): Client
  close(): Promise<void>
}

const rule = (name: string) => readFile(new URL(`../${name}.toml`, import.meta.url), 'utf8')
const NO_LIMIT = { burst: 1e6, perSecond: 1e6 }

/** Starts both. What was used once, the authority and the server know from one ledger; across machines that would be Redis. */
export async function startOffice(): Promise<RunningOffice> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-assistant-'))
  const finance = await generateKeyPair()
  const singleUse = createUseLedger()
  const policy = (await rule('policy')).replaceAll('{finance}', finance.publicKey)
  const authority = await serveAuthority({
    folder,
    port: 0,
    singleUse,
    initial: { policy, schema: await rule('schema') },
    limits: { address: NO_LIMIT, credential: NO_LIMIT, subject: NO_LIMIT },
  })
  const keys = await authority.publicKey()
  const office = createOffice()
  const guard = createToolGuard({ keys, anchor: 'mcp:office', singleUse })
  const handler = createMcpHandler(() => createServer(office, guard))
  const mcp = guardHttp(createServer(office, guard), (request) => handler.fetch(request))
  const listener = getRequestListener(mcp)
  const http = createHttpServer((request, response) => void listener(request, response)).listen(0, '127.0.0.1')
  await once(http, 'listening')
  const clients: Client[] = []
  return {
    office,
    keys,
    finance,
    url: new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`),
    authorityUrl: authority.url,
    clientOf(subject) {
      const secret = async () => (await authority.enrol({ subject })).secret
      const client = createClient({ url: authority.url, keys, identity: { secret } })
      clients.push(client)
      return client
    },
    async close() {
      for (const client of clients) client.close()
      http.closeAllConnections()
      http.close()
      await authority.close()
      office.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
