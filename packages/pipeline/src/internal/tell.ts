import { ClientError } from '@writ/client'
import type { RunOptions } from '../run.ts'

/** How ends are made known: of names, and of the identity of the run with all that came from it. */
export interface Tell {
  readonly names: (names: readonly string[]) => Promise<void>
  readonly identity: () => Promise<void>
}

/** The identity is kept here: a client may have another one by then, and these names came from this one. */
export function createTell({ client, revocation, keys }: RunOptions, identity: string): Tell {
  if (client !== undefined) {
    return {
      names: (names) => unlessOver(client.endIdentity({ identity, names })),
      identity: () => unlessOver(client.endIdentity({ identity })),
    }
  }
  return {
    async names(names) {
      for (const name of names) revocation?.revokeActor(name)
    },
    identity: async () => revocation?.revokeToken(identity, keys),
  }
}

/** Where the identity of the run is not accepted any more, nothing that came from it is. */
async function unlessOver(told: Promise<unknown>): Promise<void> {
  try {
    await told
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'unauthenticated') throw error
  }
}
