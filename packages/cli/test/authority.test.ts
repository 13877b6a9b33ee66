import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

/** A folder in which an authority was started and stopped. */
async function served(): Promise<{ folder: string; key: string }> {
  const folder = await newFolder()
  const { exitCode, stdout, stderr } = await runWrit(['serve', '--port', '0', '--json'], { folder })
  expect(exitCode).toBe(0)
  expect(stderr).toContain('writ: the first administrator enrols with the secret in ')
  return { folder, key: JSON.parse(stdout).publicKey }
}

describe('writ serve and writ audit verify', () => {
  it('run an authority, and find its audit intact', async () => {
    const { folder, key } = await served()
    const { exitCode, stdout } = await runWrit(['audit', 'verify', '--key', key], { folder })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^intact: \d+ records, \d+ signed checkpoints?, signed up to \d+ of \d+\n$/)
  })

  it('find a record that was edited', async () => {
    const { folder, key } = await served()
    const file = new DatabaseSync(join(folder, 'writ-data/writ.db'))
    file.exec(`update audit set kind = 'token.revoked' where sequence = 2`)
    file.close()
    const { exitCode, stdout } = await runWrit(['audit', 'verify', '--key', key], { folder })
    expect([exitCode, stdout]).toEqual([1, 'record 2: edited\n'])
  })

  it('say what to do where the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await runWrit(['serve', '--port', String(port)], { folder: await newFolder() })).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: `writ: port ${port} is in use: name another one with --port\n`,
    })
  })

  it('warn of a policy that nobody may change, and start with that of writ init without a warning', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'mine.toml'), '[[objects]]\nid = "service:billing"\n')
    const own = await runWrit(['serve', '--port', '0', '-p', 'mine.toml', '--data', 'own'], { folder })
    expect([own.exitCode, own.stderr]).toEqual([
      0,
      expect.stringContaining('writ: warning: its policy lets nobody change it.'),
    ])
    await runWrit(['init'], { folder })
    const args = ['serve', '--port', '0', '-p', 'policy.toml', '--schema', 'schema.toml', '--data', 'first']
    const { exitCode, stderr } = await runWrit(args, { folder })
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining('the first administrator enrols with the secret in'),
    ])
    expect(stderr).not.toContain('warning')
    expect((await runWrit(['serve', '--schema', 'schema.toml'], { folder })).exitCode).toBe(2)
  })

  it('refuse what is no port, and a key that is none', async () => {
    const folder = await newFolder()
    expect((await runWrit(['serve', '--port', 'x'], { folder })).exitCode).toBe(2)
    expect((await runWrit(['audit', 'verify', '--key', 'x'], { folder })).exitCode).toBe(2)
  })
})
