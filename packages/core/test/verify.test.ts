import { expect, it } from 'vitest'
import * as core from '../src/index.ts'
import * as verify from '../src/verify.ts'

it('what only verifies gets everything that reads, and nothing that writes', () => {
  expect(Object.keys(verify).sort()).toEqual([
    'CapabilityError',
    'DEFAULT_LIMITS',
    'ERROR_CODES',
    'VERIFIER_OPTIONS',
    'compoundLabel',
    'createContextVerifier',
    'createDirectVerifier',
    'createIdentityVerifier',
    'createRevocationList',
    'createUseLedger',
    'createVerifier',
    'defineSchema',
    'exportPublicKey',
    'importPublicKey',
    'inspect',
    'parseDuration',
    'printable',
    'revocationIds',
    'revocationOf',
  ])
})

it('both entries hand out the same things, so that an error of one is an error of the other', async () => {
  expect(core).toMatchObject(verify)
  const refused: unknown = await verify.inspect('no token').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(core.CapabilityError)
  expect(refused).toMatchObject({ code: 'malformed_token' })
})
