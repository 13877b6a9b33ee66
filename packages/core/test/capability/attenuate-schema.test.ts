import { expect, it } from 'vitest'
import { attenuate, defineSchema, generateKeyPair, mintCapability, type Schema } from '../../src/index.ts'

const schema = defineSchema({
  invoices: {
    operations: { read: { required: ['tenantId'], optional: ['invoiceId'] }, list: { required: ['tenantId'] } },
  },
  files: { operations: { read: { required: ['path'] } } },
})
const { publicKey, privateKey } = await generateKeyPair()
const mint = (resource: string, operation: string) =>
  mintCapability({ subject: 'alice', resource, operation }, privateKey)

it('narrows by labels that the schema knows for the right of the token', async () => {
  const token = await mint('invoices', 'read')
  const narrow = await attenuate(token, publicKey, { schema, designations: { tenantId: 'acme', invoiceId: '7' } })
  expect(narrow.length).toBeGreaterThan(token.length)
})

it('refuses to narrow by a label that the schema does not know for the right of the token', async () => {
  const loose: Schema = schema
  const act = async (right: [string, string], label: string) =>
    attenuate(await mint(...right), publicKey, { schema: loose, designations: { [label]: 'acme' } })
  const known = /^designations\.\S+: the schema does not know this label/
  await expect(act(['invoices', 'read'], 'tenant')).rejects.toThrow(known)
  await expect(act(['invoices', 'read'], 'path')).rejects.toThrow(known)
  await expect(act(['invoices', 'list'], 'invoiceId')).rejects.toThrow(known)
  await expect(act(['invoices', 'read'], 'constructor')).rejects.toThrow(known)
  await expect(act(['constructor', 'toString'], 'tenantId')).rejects.toThrow('token: the schema does not know')
  await expect(act(['invoices', 'delete'], 'tenantId')).rejects.toThrow(TypeError)
  const by = publicKey
  const attested = { tenant: { value: 'acme', by } }
  await expect(attenuate(await mint('invoices', 'read'), publicKey, { schema, attested })).rejects.toThrow(
    'attested.tenant',
  )
})

it('refuses to narrow by what is no schema, such as the promise of one', async () => {
  for (const wrong of [null, {}, Promise.resolve(schema)]) {
    const options = { schema: wrong as never, anchor: 'service:billing' }
    await expect(attenuate(await mint('invoices', 'read'), publicKey, options)).rejects.toThrow(/^schema: must be/)
  }
})

it('types the labels by the schema', async () => {
  const token = await mint('invoices', 'read')
  // @ts-expect-error: the schema has no such label
  await expect(attenuate(token, publicKey, { schema, designations: { tenant: 'acme' } })).rejects.toThrow(TypeError)
  expect(await attenuate(token, publicKey, { designations: { anything: 'acme' } })).not.toBe(token)
})
