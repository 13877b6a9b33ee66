import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@writ/client'
import { startAuthorityProcess } from 'service-kit/authority-process'
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
  const authority = await startAuthorityProcess(MAIN, join(folder, 'authority'))
  const { url, publicKey: keys, enrol } = authority
  const depot = await startService(DEPOT, { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: keys })

  return {
    url,
    keys,
    depot: depot.url,
    folder,
    clientOf: (subject) => createClient({ url, keys, identity: { secret: () => enrol(subject) } }),
    async stop() {
      return (await Promise.all([depot.stop(), authority.stop()])).join('\n')
    },
    remove() {
      process.off('exit', remove)
      remove()
    },
  }
}
