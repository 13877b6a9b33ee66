import { CliError, EXIT } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { openClient } from './open-client.ts'
import { readAnswer } from './read-answer.ts'
import { readSession } from './session.ts'

const TIMEOUT_MS = 10_000

/** Asks a route of the authority that takes an identity, as whoever is logged in. No redirect is followed with it. */
export async function askAsIdentity(io: Io, path: string, body: object): Promise<unknown> {
  const { url, key, identity } = await readSession(io)
  const { client } = await openClient(io, url, key, identity)
  try {
    const token = await client.identity()
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw new CliError(EXIT.unavailable, 'unavailable', 'the authority does not answer', { cause })
    })
    return await readAnswer(response)
  } finally {
    client.close()
  }
}
