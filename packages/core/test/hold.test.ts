import { expect, it } from 'vitest'
import * as hold from '../src/hold.ts'
import * as core from '../src/index.ts'
import * as verify from '../src/verify.ts'

it('what holds tokens gets everything that reads and everything that appends, and nothing that mints', () => {
  const reading = Object.keys(verify)
  expect(
    Object.keys(hold)
      .filter((name) => !reading.includes(name))
      .sort(),
  ).toEqual([
    'activate',
    'attenuate',
    'attest',
    'completeUse',
    'delegateIdentity',
    'excludeExposures',
    'importPrivateKey',
    'presentIdentity',
    'seal',
  ])
  expect(hold).toMatchObject(verify)
  expect(core).toMatchObject(hold)
})
