import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runs } from '../../core/test/support/runs.ts'
import { agree, prepareAgreement } from './support/agree.ts'
import { createDatabase, SERVER, type TestDatabase } from './support/database.ts'
import { ANCHOR } from './support/tokens.ts'

describe.skipIf(SERVER === undefined)('the verdict of the database and that of core', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createDatabase(SERVER as string)
    await prepareAgreement(database.owner)
  })

  afterAll(() => database?.remove())

  it.each([ANCHOR, null])(
    'agree about written, mutated and corrupted tokens, code by code (anchor %s)',
    { timeout: 600_000 },
    async (anchor) => {
      const all = runs(5000)
      const seen = await agree(database.owner, anchor, all, anchor === null ? 7 : 11)
      // A run that never accepts, or never reaches a code, would prove nothing about it.
      expect(seen.get('accepted') ?? 0).toBeGreaterThan(all / 25)
      const codes = ['malformed_token', 'invalid_signature', 'untrusted_key', 'wrong_kind', 'expired', 'wrong_anchor']
      for (const code of codes) expect({ code, times: seen.get(code) ?? 0 }).not.toEqual({ code, times: 0 })
    },
  )
})
