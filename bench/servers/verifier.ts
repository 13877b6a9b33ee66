// A verifier that follows the feed of an authority, in a process of its own. It tells when it refuses what was revoked.
import { once } from 'node:events'
import { remoteKeys, remoteRevocations } from '@writ/client'

process.once('disconnect', () => process.exit())
const [{ url, pinned }] = (await once(process, 'message')) as [{ url: string; pinned: string }]
const keys = remoteKeys(url, { pinned })
const revocation = remoteRevocations(url, { keys })
await revocation.ready()
process.send?.({ ready: true })
for (;;) {
  const [{ id }] = (await once(process, 'message')) as [{ id: string }]
  while (!(await revocation.isRevoked([id]))) await new Promise(setImmediate)
  process.send?.({ id, at: performance.timeOrigin + performance.now() })
}
