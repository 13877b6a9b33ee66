import { conformanceCases } from '@writ/testing'
import { describe, it } from 'vitest'
import { fastifyTarget } from './fastify-target.ts'

describe.each(['first', 'last'] as const)('registered %s, Fastify answers as every adapter does', (registration) => {
  for (const { name, skip, run } of conformanceCases(fastifyTarget(registration))) {
    it.skipIf(skip !== undefined)(name, run)
  }
})
