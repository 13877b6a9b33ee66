import { attenuate, generateKeyPair, mintCapability } from '@writ/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../src/depot/create-app.ts'

const keys = await generateKeyPair()
const depot = createApp({ keys: keys.publicKey, secrets: new Map([['deploy-key', 's3cret']]) })
const mint = (resource: string, operation: string, designations: Record<string, string>, anchor = 'service:depot') =>
  mintCapability({ subject: 'ci:acme:main:test:x', resource, operation, designations, anchor }, keys.privateKey)

async function ask(method: string, path: string, token?: string, body?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await depot.request(path, { method, headers, ...(body !== undefined && { body }) })
  const text = await response.text()
  return { status: response.status, text, code: text.startsWith('{') ? JSON.parse(text).code : undefined }
}

describe('the depot', () => {
  let read: string
  let write: string

  beforeAll(async () => {
    read = await mint('artifacts', 'read', { artifact: 'web' })
    write = await mint('artifacts', 'write', { artifact: 'web' })
  })

  it('keeps artifacts, for whoever may write and read that one', async () => {
    expect((await ask('PUT', '/artifacts/web', write, 'built')).status).toBe(201)
    expect(await ask('GET', '/artifacts/web', read)).toMatchObject({ status: 200, text: 'built' })
    expect(await ask('PUT', '/artifacts/web', read, 'evil')).toMatchObject({ status: 403, code: 'wrong_operation' })
    expect(await ask('GET', '/artifacts/other', read)).toMatchObject({ status: 403, code: 'wrong_designation' })
  })

  it('says who has published a package, to anybody', async () => {
    expect((await ask('GET', '/packages/web')).status).toBe(404)
    const publish = await mint('packages', 'publish', { package: 'web' })
    expect((await ask('PUT', '/packages/web', publish, 'content')).status).toBe(201)
    const { text } = await ask('GET', '/packages/web')
    expect(JSON.parse(text)).toEqual({ content: 'content', publishedBy: 'ci:acme:main:test:x' })
  })

  it('gives a secret to whoever may read that one, and to nobody else', async () => {
    const secret = await mint('secrets', 'read', { secret: 'deploy-key' })
    expect(await ask('GET', '/secrets/deploy-key', secret)).toMatchObject({ status: 200, text: 's3cret' })
    expect(await ask('GET', '/secrets/deploy-key', read)).toMatchObject({ status: 403, code: 'wrong_resource' })
    expect((await ask('GET', '/secrets/deploy-key')).status).toBe(401)
    const elsewhere = await mint('secrets', 'read', { secret: 'deploy-key' }, 'service:vault')
    expect(await ask('GET', '/secrets/deploy-key', elsewhere)).toMatchObject({ code: 'wrong_anchor' })
  })

  it('does not take the word of a holder for which secret it is', async () => {
    const every = await mint('secrets', 'read', {})
    const narrowed = await attenuate(every, keys.publicKey, { designations: { secret: 'deploy-key' } })
    for (const token of [every, narrowed]) {
      expect(await ask('GET', '/secrets/deploy-key', token)).toMatchObject({ status: 403, code: 'undesignated' })
    }
  })

  it('takes no more than a mebibyte', async () => {
    expect((await ask('PUT', '/artifacts/web', write, 'x'.repeat(1024 * 1024 + 1))).status).toBe(413)
  })
})
