import { closeSync, openSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readIdentity } from '../src/index.ts'

async function descriptorOf(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-pipeline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  writeFileSync(join(folder, 'identity'), content)
  return String(openSync(join(folder, 'identity'), 'r'))
}

it('an identity is taken out of the environment, and read again by whoever asks again', () => {
  const environment: Record<string, string> = { WRIT_IDENTITY: 'token\n', PATH: '/bin' }
  expect(readIdentity(environment)).toBe('token')
  expect(environment).toEqual({ PATH: '/bin' })
  expect(readIdentity(environment)).toBe('token')
})

it('a file descriptor comes first, and is closed', async () => {
  const descriptor = await descriptorOf('token')
  const environment: Record<string, string> = { WRIT_IDENTITY_FD: descriptor, WRIT_IDENTITY: 'that of the parent' }
  expect(readIdentity(environment)).toBe('token')
  expect(environment).toEqual({})
  expect(() => closeSync(Number(descriptor))).toThrow('EBADF')
})

it.each([
  [{}, /^WRIT_IDENTITY: is not set/],
  [{ WRIT_IDENTITY: ' ' }, /^WRIT_IDENTITY: is not set/],
  [{ WRIT_IDENTITY_FD: '0', WRIT_IDENTITY: 'token' }, /^WRIT_IDENTITY_FD: must be the number/],
  [{ WRIT_IDENTITY_FD: '/etc/passwd', WRIT_IDENTITY: 'token' }, /^WRIT_IDENTITY_FD: must be the number/],
  [{ WRIT_IDENTITY_FD: '9999', WRIT_IDENTITY: 'token' }, /^WRIT_IDENTITY_FD: cannot be read/],
])('%j names no identity', (environment, message) => {
  expect(() => readIdentity(environment as unknown as Record<string, string>)).toThrow(message)
})

it('a descriptor in which there is nothing any more is no identity', async () => {
  const environment = { WRIT_IDENTITY_FD: await descriptorOf('') }
  expect(() => readIdentity(environment)).toThrow(/^WRIT_IDENTITY_FD: there is nothing to read/)
})
