import { readFileSync } from 'node:fs'
import { type Client, createClient } from '@writ/client'
import { type ServiceProcess, startService } from './start-service.ts'

/** An authority as a process of its own. */
export interface AuthorityProcess extends Omit<ServiceProcess, 'announced'> {
  readonly publicKey: string
  /** A client with the administrator's identity. It is closed when the process is stopped. */
  readonly admin: Client
  /** A secret that is good for one identity of a subject. */
  enrol(subject: string): Promise<string>
}

/**
 * Starts an authority as its operator would, and uses the secret that it has made for its first administrator.
 *
 * @param main - The program, which calls `runAuthority`: `import.meta.resolve('policy/main')`.
 * @param folder - For its database and its keys.
 */
export async function startAuthorityProcess(main: string, folder: string): Promise<AuthorityProcess> {
  const { url, announced, endedEarly, stop } = await startService(main, { WRIT_DATA: folder })
  const publicKey = String(announced['publicKey'])
  const secret = readFileSync(String(announced['firstSecret']), 'utf8').trim()
  const admin = createClient({ url, keys: publicKey, identity: { secret } })
  return {
    url,
    publicKey,
    admin,
    endedEarly,
    async enrol(subject) {
      const response = await admin.fetch(`${url}/v1/enrolments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subject }),
        capability: { target: 'authority.enrolments', operation: 'write' },
      })
      if (!response.ok) throw new Error(`the authority does not enrol ${subject}: ${response.status}`)
      return ((await response.json()) as { readonly secret: string }).secret
    },
    stop() {
      admin.close()
      return stop()
    },
  }
}
