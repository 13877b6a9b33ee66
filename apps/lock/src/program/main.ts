import { CapabilityError, createVerifier } from '@writ/device'
import { device } from './host.ts'
import { createLedger, LONGEST_LIFE, shortenLedger, timeAfter } from './ledger.ts'

// The program of a door lock, for QuickJS: no network, no files and no clock of its own. See host.ts.

/** What the lock says: whose capability opens it, or why it stays closed. */
export type Answer =
  | { readonly opens: true; readonly subject: string }
  | { readonly opens: false; readonly code: string }

shortenLedger(device)

const door = device.door()
const verifier = createVerifier({
  keys: device.publicKey(),
  anchor: door,
  now: () => timeAfter(device),
  singleUse: createLedger(device),
  // The name of the door is in the authority's own block: nobody else may choose it.
  designatedBy: 'authority',
})

/** Decides about a token that somebody has presented. Anything that fails leaves the door closed. */
export function present(token: string): Answer {
  try {
    const request = { resource: 'doors', operation: 'open', designations: { door } }
    const { subject, expiresAt } = verifier.verifySync(token, request)
    if (expiresAt > device.now() + LONGEST_LIFE) return { opens: false, code: 'lives_too_long' }
    return { opens: true, subject }
  } catch (error) {
    return { opens: false, code: error instanceof CapabilityError ? error.publicCode : 'unavailable' }
  }
}
