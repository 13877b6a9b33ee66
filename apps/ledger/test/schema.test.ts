import { loadSchema } from '@writ/engine'
import { SCHEMA_FILE } from 'policy'
import { expect, it } from 'vitest'
import { SCHEMA } from '../src/schema.ts'

it('the ledger demands the labels that the authority mints', async () => {
  const minted = await loadSchema(SCHEMA_FILE)
  expect(SCHEMA.targets).toEqual(minted.targets.filter((target) => target.startsWith('ledger.')))
  for (const target of SCHEMA.targets) {
    for (const operation of ['read', 'write', 'pay']) {
      expect(SCHEMA.labels(target, operation)).toEqual(minted.labels(target, operation))
    }
  }
})
