import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@writ/client'
import { type AuthorityProcess, startAuthorityProcess } from 'service-kit/authority-process'

/** The authority as a process of its own, with a database that is gone when it stops. */
export interface Authority extends AuthorityProcess {
  /** A client with an identity of a subject; always the same one. */
  clientOf(subject: string): Client
}

/** Starts it as its operator would. */
export async function startAuthority(): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), 'writ-authority-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const started = await startAuthorityProcess(import.meta.resolve('policy/main'), folder)
  const { url, publicKey, admin, enrol } = started
  const clients = new Map([['admin', admin]])

  function clientOf(subject: string): Client {
    const known = clients.get(subject)
    if (known !== undefined) return known
    const client = createClient({ url, keys: publicKey, identity: { secret: () => enrol(subject) } })
    clients.set(subject, client)
    return client
  }

  return {
    ...started,
    clientOf,
    async stop() {
      for (const client of clients.values()) client.close()
      const log = await started.stop()
      process.off('exit', remove)
      remove()
      return log
    },
  }
}
