import { attenuate, CapabilityError, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, SERVER, type TestDatabase } from './support/database.ts'
import { inTransaction, present } from './support/invoices.ts'

const DESIGNATIONS: readonly Readonly<Record<string, string>>[] = [
  {},
  { tenantId: 'acme' },
  { tenantId: 'globex' },
  { invoiceId: '7' },
  { tenantId: 'acme', invoiceId: '7' },
  { tenantId: 'acme', invoiceId: '8' },
  { tenantId: '' },
  { tenantId: 'ACME' },
  { constructor: 'acme' },
]

describe.skipIf(SERVER === undefined)('a policy', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createDatabase(SERVER as string)
  })

  afterAll(() => database?.remove())

  it('permits a row exactly where core permits the request that the row stands for', async () => {
    const { publicKey, privateKey } = await generateKeyPair()
    await database.owner.query('select writ.trust($1)', [publicKey])
    const verifier = createVerifier({ keys: publicKey, anchor: null })
    let permitted = 0
    for (const designations of DESIGNATIONS) {
      const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
      const broad = await mintCapability(right, privateKey)
      const token =
        Object.keys(designations).length === 0
          ? broad
          : await attenuate(broad, publicKey, { designations }).catch(() =>
              mintCapability({ ...right, designations: { tenantId: 'x' } }, privateKey),
            )
      await inTransaction(database.app, async (client) => {
        await present(client, token)
        for (const [resource, operation] of [
          ['invoices', 'read'],
          ['invoices', 'write'],
          ['orders', 'read'],
        ] as const) {
          for (const asked of DESIGNATIONS) {
            const byCore = await verifier.verify(token, { resource, operation, designations: asked }).then(
              () => true,
              (error) => error instanceof CapabilityError && false,
            )
            // As a policy that compares each label of the row.
            const compared = Object.entries(asked).map(
              (_, index) => `and writ.designation($${4 + 2 * index}, $1, $2) = $${5 + 2 * index}`,
            )
            const { rows } = await client.query(
              `select coalesce(writ.allows($1, $2, variadic $3::text[]) ${compared.join(' ')}, false) as ok`,
              [resource, operation, Object.keys(asked), ...Object.entries(asked).flat()],
            )
            expect({ designations, resource, operation, asked, ok: rows[0]?.ok }).toEqual({
              designations,
              resource,
              operation,
              asked,
              ok: byCore,
            })
            if (byCore) permitted++
          }
        }
      })
    }
    expect(permitted).toBe(DESIGNATIONS.length - 1)
  })
})
