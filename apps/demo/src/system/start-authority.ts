import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@writ/client'
import { type ServiceProcess, startService } from 'service-kit/node'

/** The authority as a process of its own, with a database that is gone when it stops. */
export interface Authority extends Omit<ServiceProcess, 'announced'> {
  readonly publicKey: string
  /** A client with the administrator's identity. */
  readonly admin: Client
  /** A secret that is good for one identity of a subject. */
  enrol(subject: string): Promise<string>
  /** A client with an identity of a subject; always the same one. */
  clientOf(subject: string): Client
}

/** Starts it as its operator would, and uses the secret that it has made for its first administrator. */
export async function startAuthority(): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), 'writ-authority-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const started = await startService(import.meta.resolve('policy/main'), { WRIT_DATA: folder })
  const { url, announced, endedEarly } = started
  const publicKey = String(announced['publicKey'])
  const secret = readFileSync(String(announced['firstSecret']), 'utf8').trim()
  const admin = createClient({ url, keys: publicKey, identity: { secret } })
  const clients = new Map([['admin', admin]])

  async function enrol(subject: string): Promise<string> {
    const response = await admin.fetch(`${url}/v1/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject }),
      capability: { target: 'authority.enrolments', operation: 'write' },
    })
    if (!response.ok) throw new Error(`the authority does not enrol ${subject}: ${response.status}`)
    const enrolled = (await response.json()) as { readonly secret: string }
    return enrolled.secret
  }

  function clientOf(subject: string): Client {
    const known = clients.get(subject)
    if (known !== undefined) return known
    const client = createClient({ url, keys: publicKey, identity: { secret: () => enrol(subject) } })
    clients.set(subject, client)
    return client
  }

  return {
    url,
    publicKey,
    admin,
    enrol,
    clientOf,
    endedEarly,
    async stop() {
      for (const client of clients.values()) client.close()
      const log = await started.stop()
      process.off('exit', remove)
      remove()
      return log
    },
  }
}
