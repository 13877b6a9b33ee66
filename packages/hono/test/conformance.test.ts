import { conformanceCases } from '@writ/testing'
import { describe, it } from 'vitest'
import { honoTarget } from './hono-target.ts'

describe('Hono answers as every adapter does', () => {
  for (const { name, skip, run } of conformanceCases(honoTarget)) {
    it.skipIf(skip !== undefined)(name, run)
  }
})
