import nest from '@nestjs/core/package.json' with { type: 'json' }
import { conformanceCases } from '@writ/testing'
import { describe, expect, it } from 'vitest'
import { nestTarget, platforms } from './nest-target.ts'

// A plain run asks the second one every third case, `npm run check -- --full` asks it all of them.
const LONG = process.env['WRIT_LONG'] === '1'

it('the tests run on the major version that they are meant for', () => {
  expect(nest.version).toMatch(new RegExp(`^${process.env['NEST_MAJOR'] ?? 12}\\.`))
})

describe.each(platforms)('Nest on %s answers as every adapter does', (platform) => {
  for (const [index, { name: title, skip, run }] of conformanceCases(nestTarget(platform)).entries()) {
    if (platform === platforms[0] || LONG || index % 3 === 0) it.skipIf(skip !== undefined)(title, run)
  }
})
