import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@writ/client'
import { startService } from 'service-kit/node'

/** The authority of the pipeline and the depot, as processes of their own, and a folder for everything. */
export interface System {
  readonly url: string
  readonly keys: string
  readonly depot: string
  /** Everything that is written: the authority's database, and what the runs leave. It is removed at the end. */
  readonly folder: string
  /** A client with an identity of a subject, as it is enrolled for one run. */
  clientOf(subject: string): Client
  /** Ends the processes, and returns what they have logged. */
  stop(): Promise<string>
  /** Removes the folder. */
  remove(): void
}

const MAIN = new URL('../authority-main.js', import.meta.url).href
const DEPOT = new URL('../depot/main.js', import.meta.url).href

export async function startSystem(): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'writ-chapter-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const authority = await startService(MAIN, { WRIT_DATA: join(folder, 'authority') })
  const { url, announced } = authority
  const keys = String(announced['publicKey'])
  const secret = readFileSync(String(announced['firstSecret']), 'utf8').trim()
  const admin = createClient({ url, keys, identity: { secret } })
  const depot = await startService(DEPOT, { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: keys })

  async function enrol(subject: string): Promise<string> {
    const response = await admin.fetch(`${url}/v1/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject }),
      capability: { target: 'authority.enrolments', operation: 'write' },
    })
    if (!response.ok) throw new Error(`the authority does not enrol ${subject}: ${response.status}`)
    return ((await response.json()) as { readonly secret: string }).secret
  }

  return {
    url,
    keys,
    depot: depot.url,
    folder,
    clientOf: (subject) => createClient({ url, keys, identity: { secret: () => enrol(subject) } }),
    async stop() {
      admin.close()
      return (await Promise.all([depot.stop(), authority.stop()])).join('\n')
    },
    remove() {
      process.off('exit', remove)
      remove()
    },
  }
}
