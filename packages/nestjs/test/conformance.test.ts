import nest from '@nestjs/core/package.json' with { type: 'json' }
import { conformanceCases } from '@writ/testing'
import { describe, expect, it } from 'vitest'
import { nestTarget, platforms } from './nest-target.ts'

it('the tests run on the major version that they are meant for', () => {
  expect(nest.version).toMatch(new RegExp(`^${process.env['NEST_MAJOR'] ?? 12}\\.`))
})

describe.each(platforms)('Nest on %s answers as every adapter does', (platform) => {
  for (const { name: title, skip, run } of conformanceCases(nestTarget(platform))) {
    it.skipIf(skip !== undefined)(title, run)
  }
})
