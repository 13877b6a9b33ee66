// A verifier that follows the feed of an authority, in a process of its own. It tells when it refuses what was revoked.
import { remoteKeys, remoteRevocations } from '@writ/client'

process.once('message', async ({ url, pinned }: { url: string; pinned: string }) => {
  const keys = remoteKeys(url, { pinned })
  const revocation = remoteRevocations(url, { keys })
  await revocation.ready()
  process.send?.({ ready: true })
  process.on('message', async ({ id }: { id: string }) => {
    while (!(await revocation.isRevoked([id]))) await new Promise(setImmediate)
    process.send?.({ id, at: performance.timeOrigin + performance.now() })
  })
})
process.once('disconnect', () => process.exit())
