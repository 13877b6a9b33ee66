import { conformanceCases } from '@writ/testing'
import { describe, it } from 'vitest'
import { expressTarget, versions } from './express-target.ts'

describe.each(versions)('%s answers as every adapter does', (name, express) => {
  for (const { name: title, skip, run } of conformanceCases(expressTarget(name, express))) {
    it.skipIf(skip !== undefined)(title, run)
  }
})
