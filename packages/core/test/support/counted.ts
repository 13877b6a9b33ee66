import nodeCrypto from 'node:crypto'
import { vi } from 'vitest'
import { createVerifier, type VerifierOptions } from '../../src/index.ts'
import { designationCheck } from './forge/datalog.ts'
import { appendBlock } from './forge/forge.ts'
import { root } from './keys.ts'
import { NOW } from './verify.ts'

export const now = () => NOW

/** A verifier with the frozen clock, whose tokens are capabilities of alice. */
export function verifierWith(options: Partial<VerifierOptions> = {}) {
  return createVerifier({ keys: root.publicKey, anchor: null, now, ...options })
}

/** How many signatures are verified while `work` runs. */
export async function signaturesOf(work: () => Promise<unknown>): Promise<number> {
  const asked = vi.spyOn(nodeCrypto, 'verify')
  try {
    await work()
    return asked.mock.calls.length
  } finally {
    asked.mockRestore()
  }
}

export const tenant = { checks: [designationCheck('tenantId', 'acme')] }
export const narrowed = (token: string, id: number) =>
  appendBlock(token, { checks: [designationCheck('id', String(id))] })
