import {
  createRevocationList,
  delegateIdentity,
  exportPrivateKey,
  generateKeyPair,
  mintCapability,
  mintContext,
  mintIdentity,
  seal,
} from '@writ/core'
import { describe, expect, it } from 'vitest'
import { findSecrets, maskSecrets } from '../src/index.ts'
import { MaskedLines } from '../src/internal/masked-lines.ts'

const keys = await generateKeyPair()
const p256 = await generateKeyPair({ algorithm: 'secp256r1' })
const identity = await mintIdentity({ subject: 'ci:acme', delegatable: true }, keys.privateKey)
const capability = await mintCapability({ subject: 'alice', resource: 'x', operation: 'y' }, p256.privateKey)
const TOKENS = {
  'an identity': identity,
  'a delegated identity': await delegateIdentity(identity, keys.publicKey, { identity: 'ci:acme:test' }),
  'a capability': capability,
  'one with a root key id': await mintIdentity({ subject: 'ci:acme', rootKeyId: 7 }, keys.privateKey),
  'a context': await mintContext({ subject: 'ci:acme' }, keys.privateKey),
  'a sealed token': await seal(capability, p256.publicKey),
  'one without padding': identity.replace(/=+$/, ''),
}
const JWT = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.c2lnbmF0dXJlLXg`

describe('secrets are found', () => {
  it.each(Object.entries(TOKENS))('%s, wherever it stands in a text', (_what, token) => {
    for (const [before, after] of [
      ['', ''],
      ['Authorization: Bearer ', '\r\n'],
      ['{"token":"', '"}'],
      ['"\\n', '\\n"'],
      ['token%3D', '&x=1'],
      ['WRIT_IDENTITY=', '\0PATH=/bin'],
      ['é', 'é'],
    ]) {
      const found = findSecrets(before + token + after)
      expect(found).toEqual([{ kind: 'token', start: before?.length, end: (before + token).length }])
    }
  })

  it('private keys in every form, and assertions', async () => {
    const pem = await exportPrivateKey(keys.privateKey, 'pem')
    const jwk = JSON.stringify(await exportPrivateKey(keys.privateKey, 'jwk'))
    for (const key of [keys.privateKey, p256.privateKey, pem.trim(), jwk]) {
      expect(findSecrets(`key: ${key}`)).toMatchObject([{ kind: 'private key' }])
      expect(maskSecrets(key)).not.toContain(key.slice(-20, -2))
    }
    expect(findSecrets(`assertion=${JWT}.`)).toEqual([{ kind: 'assertion', start: 10, end: 10 + JWT.length }])
  })

  it('several in one text, in its order', () => {
    const text = `a ${keys.privateKey} b ${identity} c ${JWT} d ${capability}`
    expect(findSecrets(text).map(({ kind }) => kind)).toEqual(['private key', 'token', 'assertion', 'token'])
    expect(maskSecrets(text)).toBe('a [private key] b [token] c [assertion] d [token]')
  })
})

it('what is no secret is left alone', () => {
  const { publicKey } = keys
  const base64 = Buffer.from('Everything that can be done. '.repeat(20)).toString('base64url')
  for (const text of [
    '',
    'E'.repeat(5000),
    base64,
    `E${base64}`,
    publicKey,
    'a.b.c',
    identity.slice(0, -9),
    'é'.repeat(99),
  ]) {
    expect(findSecrets(text)).toEqual([])
    expect(maskSecrets(text)).toBe(text)
  }
  expect(createRevocationList().size).toBe(0)
})

it('a text of a mebibyte that looks like secrets everywhere is searched at once', () => {
  for (const part of [
    'eyJ',
    'eyJa.',
    'E',
    'CE.',
    '-----BEGIN PRIVATE KEY',
    '"d":',
    'ed25519-private/',
    `${'A'.repeat(127)}.`,
  ]) {
    const began = performance.now()
    findSecrets(part.repeat(Math.ceil(2 ** 20 / part.length)))
    expect([part, performance.now() - began < 2000]).toEqual([part, true])
  }
})

describe('lines of a process', () => {
  const linesOf = (text: string, size: number) => {
    const lines: string[] = []
    const masked = new MaskedLines((line) => void lines.push(line))
    const bytes = Buffer.from(text)
    for (let start = 0; start < bytes.length; start += size) masked.push(bytes.subarray(start, start + size))
    masked.end()
    return lines
  }

  it.each([1, 7, 1000])('are masked, however the bytes come: %i at a time', async (size) => {
    const pem = (await exportPrivateKey(keys.privateKey, 'pem')).trim()
    const text = `one ${identity} é\r\n\n${pem}\ntwo ${capability}`
    expect(linesOf(text, size)).toEqual(['one [token] é', '', '[private key]', 'two [token]'])
  })

  it('that are longer than a mebibyte are left out, and those after them are not', () => {
    const long = `${'x '.repeat(2 ** 19)}${identity}`
    expect(linesOf(`a\n${long}\nb`, 65_536)).toEqual(['a', '[a line of more than 1 MiB]', 'b'])
    expect(linesOf(`${'x'.repeat(2 ** 20)}\n`, 65_536)).toEqual(['x'.repeat(2 ** 20)])
  })
})
