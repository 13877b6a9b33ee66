import { conformanceCases } from '@writ/testing'
import { describe, it } from 'vitest'
import { fastifyTarget } from './fastify-target.ts'

// A plain run asks the second one every third case, `npm run check -- --full` asks it all of them.
const LONG = process.env['WRIT_LONG'] === '1'

describe.each(['first', 'last'] as const)('registered %s, Fastify answers as every adapter does', (registration) => {
  for (const [index, { name, skip, run }] of conformanceCases(fastifyTarget(registration)).entries()) {
    if (registration === 'first' || LONG || index % 3 === 0) it.skipIf(skip !== undefined)(name, run)
  }
})
