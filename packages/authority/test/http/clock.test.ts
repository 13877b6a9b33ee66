import { revocationIds } from '@writ/core'
import { expect, it } from 'vitest'
import { openStore, verifyAudit } from '../../src/index.ts'
import { serveTest } from './support/serve.ts'

const NOW = 1_800_000_000

it('a clock that jumps an hour back leaves no token without a record, and no head that is older than the last', async () => {
  let time = NOW
  const { ask, authority, folder, identityOf, adminFor } = await serveTest({ now: () => time })
  const identity = await identityOf('service:gateway')
  const revoker = await adminFor('authority.revocations', 'write')
  const mint = () =>
    ask('POST', '/v1/capabilities', { token: identity, body: { target: 'invoices', operation: 'read' } })
  const headTime = async () => (await ask('GET', '/v1/revocations')).body.head.timeMs
  const before = await headTime()
  time -= 3600
  const minted = await mint()
  expect([minted.status, minted.body.expiresAt]).toEqual([200, NOW - 3600 + 300])
  const [id] = revocationIds(minted.body.capability)
  expect((await ask('POST', '/v1/revocations', { token: revoker, body: { revocationId: id } })).status).toBe(200)
  const after = await headTime()
  expect(after).toBeGreaterThanOrEqual(before)
  time += 3600
  expect(await headTime()).toBeGreaterThanOrEqual(after)

  const store = await openStore(folder)
  const report = await verifyAudit(store, { trustedRoots: [await authority.publicKey()] })
  const records = await store.read((query) =>
    query
      .selectFrom('audit')
      .select('kind')
      .where('revocation_id', '=', id as string)
      .execute(),
  )
  await store.close()
  expect(report.intact).toBe(true)
  expect(records.map(({ kind }) => kind)).toEqual(['capability.minted', 'token.revoked'])
})
