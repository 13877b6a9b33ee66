import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
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

  it('refuse what is no port, and a key that is none', async () => {
    const folder = await newFolder()
    expect((await runWrit(['serve', '--port', 'x'], { folder })).exitCode).toBe(2)
    expect((await runWrit(['audit', 'verify', '--key', 'x'], { folder })).exitCode).toBe(2)
  })
})
