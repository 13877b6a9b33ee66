import { conformanceCases } from '@writ/testing'
import { describe, it } from 'vitest'
import { helloTarget } from './hello-target.ts'

// A plain run has every third case, `npm run check -- --full` has all of them.
const LONG = process.env['WRIT_LONG'] === '1'

describe('plain node:http answers as every adapter does', () => {
  for (const [index, { name: title, skip, run }] of conformanceCases(helloTarget).entries()) {
    if (LONG || index % 3 === 0) it.skipIf(skip !== undefined)(title, run)
  }
})
