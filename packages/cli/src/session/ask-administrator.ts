import type { CallCapability } from '@writ/client'
import type { Io } from '../io.ts'
import { openClient } from './open-client.ts'
import { readAnswer } from './read-answer.ts'
import { readSession } from './session.ts'

/** What is sent to a route. */
interface Sent {
  readonly body: object
  readonly method?: 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Asks a route of the authority for administrators, as whoever is logged in, with a capability for the authority itself.
 *
 * @param path - With the query: `/v1/audit?subject=alice`.
 * @param sent - What is sent as JSON, by `POST` unless it says otherwise. Default: nothing, by `GET`.
 */
export async function askAdministrator(
  io: Io,
  path: string,
  right: Pick<CallCapability, 'target' | 'operation'>,
  sent?: Sent,
): Promise<unknown> {
  const { url, key, identity } = await readSession(io)
  const { client } = await openClient(io, url, key, identity)
  try {
    return await readAnswer(await client.fetch(new URL(path, url), { ...(sent && requestOf(sent)), capability: right }))
  } finally {
    client.close()
  }
}

function requestOf({ body, method = 'POST', headers }: Sent): RequestInit {
  return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
