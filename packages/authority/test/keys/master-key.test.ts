import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadMasterKey } from '../../src/keys/local/load-master-key.ts'

const BYTES = randomBytes(32)
const FORMS = {
  hex: BYTES.toString('hex'),
  'upper-case hex': BYTES.toString('hex').toUpperCase(),
  base64: BYTES.toString('base64'),
  'base64 without padding': BYTES.toString('base64url'),
  'hex and a line break': `${BYTES.toString('hex')}\n`,
}

describe('the master key', () => {
  let folder: string
  const environment = {}

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'writ-'))
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  it.each(Object.entries(FORMS))('is read from the environment as %s', async (_, text) => {
    expect(Buffer.from(await loadMasterKey({ environment: { WRIT_MASTER_KEY: text }, folder }))).toEqual(BYTES)
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['', ' ', 'password', '0'.repeat(62), `${FORMS.hex}00`, `${FORMS.base64}=`, `${FORMS.hex}, `])(
    'is refused as %j, without a word of it',
    async (text) => {
      const error = await loadMasterKey({ environment: { WRIT_MASTER_KEY: text }, folder }).catch((e) => e)
      expect(error).toMatchObject({ name: 'KeyError', message: 'WRIT_MASTER_KEY must be 32 bytes in hex or base64' })
      expect(await readdir(folder)).toEqual([])
    },
  )

  it('is made for its owner alone when there is none, and read after that', async () => {
    const made = await loadMasterKey({ environment, folder: join(folder, 'new') })
    expect(made).toHaveLength(32)
    expect((await stat(join(folder, 'new/master.key'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(folder, 'new'))).toEqual(['master.key'])
    expect(await loadMasterKey({ environment, folder: join(folder, 'new') })).toEqual(made)
  })

  it.each([0o644, 0o640, 0o660, 0o604, 0o602])('is refused from a file of mode %o', async (mode) => {
    await writeFile(join(folder, 'master.key'), FORMS.hex)
    await chmod(join(folder, 'master.key'), mode)
    await expect(loadMasterKey({ environment, folder })).rejects.toThrow('its mode must be 0600')
    expect(await readFile(join(folder, 'master.key'), 'utf8')).toBe(FORMS.hex)
  })

  it('is refused through a link to a file that others may read', async () => {
    await writeFile(join(folder, 'shared'), FORMS.hex, { mode: 0o644 })
    await symlink(join(folder, 'shared'), join(folder, 'master.key'))
    await expect(loadMasterKey({ environment, folder })).rejects.toThrow('its mode must be 0600')
  })

  it.each(['', '\n', FORMS.hex.slice(1), `${FORMS.hex}\n${FORMS.hex}`, 'A'.repeat(1_000_000)])(
    'is refused from a file of another length, which stays as it is (case %#)',
    async (text) => {
      await writeFile(join(folder, 'master.key'), text, { mode: 0o600 })
      await expect(loadMasterKey({ environment, folder })).rejects.toMatchObject({ name: 'KeyError' })
      expect(await readFile(join(folder, 'master.key'), 'utf8')).toBe(text)
    },
  )

  it('is the same for many that make the file at once, and nothing else is left', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadMasterKey({ environment, folder })))
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1)
    expect(await readdir(folder)).toEqual(['master.key'])
  })

  it('is the same for two processes that make the file at once', async () => {
    const start = () =>
      new Promise<string>((resolve, reject) => {
        const child = fork(join(import.meta.dirname, 'master-key-process.ts'), [folder])
        child.once('message', (key) => resolve(String(key)))
        child.once('exit', (code) => reject(new Error(`exit code ${code}`)))
      })
    const [first, second] = await Promise.all([start(), start()])
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(second).toBe(first)
  })
})
