import type { CallCapability } from '@writ/client'
import type { Io } from '../io.ts'
import { openClient } from './open-client.ts'
import { readAnswer } from './read-answer.ts'
import { readSession } from './session.ts'

/**
 * Asks a route of the authority for administrators, as whoever is logged in, with a capability for the authority itself.
 *
 * @param path - With the query: `/v1/audit?subject=alice`.
 * @param body - Sent as JSON by `POST`. Default: none, by `GET`.
 */
export async function askAdministrator(
  io: Io,
  path: string,
  right: Pick<CallCapability, 'target' | 'operation'>,
  body?: object,
): Promise<unknown> {
  const { url, key, identity } = await readSession(io)
  const { client } = await openClient(io, url, key, identity)
  try {
    const sent =
      body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return await readAnswer(await client.fetch(new URL(path, url), { ...sent, capability: right }))
  } finally {
    client.close()
  }
}
