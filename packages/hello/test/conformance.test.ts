import { conformanceCases } from '@writ/testing'
import { describe, it } from 'vitest'
import { helloTarget } from './hello-target.ts'

describe('plain node:http answers as every adapter does', () => {
  for (const { name: title, skip, run } of conformanceCases(helloTarget)) {
    it.skipIf(skip !== undefined)(title, run)
  }
})
