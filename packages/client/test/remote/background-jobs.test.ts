import { serveAuthority } from '@writ/authority'
import { createVerifier, delegateIdentity } from '@writ/core'
import { expect, it, onTestFinished } from 'vitest'
import { createClient } from '../../src/index.ts'
import { newFolder } from './serve.ts'

const POLICY = `
[[objects]]
id = "service:orders"
can_delegate = true
identity = { ttl = 3600, delegatable = true }
capabilities = [
  { target = "stock", operations = ["read", "reserve"], max_ttl = 60 },
  { target = "invoices", operations = ["write"], max_ttl = 60 },
]
[[objects]]
id = "service:orders:nightly"
parent = "service:orders"
capabilities = [{ target = "stock", operations = ["read"], max_ttl = 60 }, { target = "gold", operations = ["read"] }]
`

it('a job asks with an identity that its service has delegated offline, and gets what both may have', async () => {
  const authority = await serveAuthority({ folder: await newFolder(), port: 0, initial: { policy: POLICY } })
  onTestFinished(() => authority.close())
  const [url, keys] = [authority.url, await authority.publicKey()]
  const { secret } = await authority.enrol({ subject: 'service:orders' })
  const service = createClient({ url, keys, identity: { secret } })
  const options = { identity: 'service:orders:nightly', expiresIn: '15m', maxDepth: 0 } as const
  const identity = await delegateIdentity(await service.identity(), keys, options)
  const job = createClient({ url, keys, identity: () => identity })
  onTestFinished(() => {
    for (const client of [service, job]) client.close()
  })

  const token = await job.capabilityFor({ target: 'stock', operation: 'read' })
  const verified = await createVerifier({ keys, anchor: null }).verify(token, { resource: 'stock', operation: 'read' })
  expect(verified.subject).toBe('service:orders:nightly')
  for (const [target, operation, reason] of [
    ['stock', 'reserve', 'not_granted'],
    ['gold', 'read', 'ancestor_lacks_grant'],
  ] as const) {
    await expect(job.capabilityFor({ target, operation })).rejects.toMatchObject({ code: 'refused', reason })
  }
  const child = { ...options, identity: 'service:orders:nightly:child' }
  await expect(delegateIdentity(identity, keys, child)).rejects.toThrow()
})
