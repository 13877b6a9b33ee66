import { createIdentityVerifier, type Keys } from '@writ/core/verify'
import type { SessionClient, SessionEngine } from '../session-authority.ts'

/** An engine in the same process, asked as an authority is: with one identity. */
export function engineAsClient(engine: SessionEngine, identity: string, keys: Keys, now: () => number): SessionClient {
  const verifier = createIdentityVerifier({ keys, now })
  return {
    async mint(request) {
      const { capability, context } = await engine.mint({ ...request, identity })
      return { capability, context }
    },
    async openContext({ expiresIn }) {
      const { identity: subject } = await verifier.verify(identity)
      return engine.mintContext({ subject, expiresIn })
    },
    addExposure: (context, exposure) => engine.addExposure(context, exposure),
    as: (other) => engineAsClient(engine, other(), keys, now),
    identity: async () => identity,
    close: () => {},
  }
}
