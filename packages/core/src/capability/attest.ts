import type { Duration } from '../internal/base/duration.ts'
import { checkDesignations, checkOptions } from '../internal/base/options.ts'
import { printable } from '../internal/base/printable.ts'
import { statedWorld } from '../internal/evaluate/world.ts'
import { bindingsOf } from '../internal/rules/bindings.ts'
import { groundDesignation } from '../internal/rules/designation.ts'
import type { Token } from '../internal/token/decode-token.ts'
import { appendAttestation } from './internal/append-attestation.ts'
import { writeStatement } from './internal/capability-block.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What is attested. */
export interface AttestOptions {
  /** What the attester states: one value a label. */
  readonly designations: Readonly<Record<string, string>>
  /** How long the capability lives at most from now on: whole seconds, or `'30s'`, `'5m'`. Default: as before. */
  readonly expiresIn?: Duration | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { designations: true, expiresIn: true, now: true } satisfies Record<keyof AttestOptions, true>

/**
 * Attests designations: appends a block, signed by the attester's own key, that states them. It counts where the capability demands
 * the word of that key (`attested`), and nowhere else.
 *
 * Whatever a capability needs from others is built of this: each service of a chain attests that the request came through it, each
 * signatory that he agrees.
 *
 * @param token - The capability, URL-safe base64.
 * @param signing - The root public keys, and the private key of whoever signs the block; see {@link SigningKeys}.
 * @param options - See {@link AttestOptions}; `designations` is required.
 * @returns The token with the attester's block, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong; with `designations.<label>` for a value other
 *   than the one that is demanded or stated already; with `keys:`, `privateKey:`; or with `token:` for one that is sealed or full.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unsupported_block`, `wrong_kind`.
 *
 * @example
 * ```ts
 * import { attest, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const finance = await generateKeyPair()
 * const token = await mintCapability(
 *   {
 *     subject: 'alice',
 *     resource: 'payouts',
 *     operation: 'write',
 *     attested: { approval: { value: 'payout-7', by: finance.publicKey } },
 *   },
 *   privateKey,
 * )
 *
 * const verifier = createVerifier({ keys: publicKey, anchor: null })
 * const request = { resource: 'payouts', operation: 'write', designations: { approval: 'payout-7' } }
 * await verifier.verify(token, request).catch((error) => error.code) // missing_designation
 *
 * const approved = await attest(token, { keys: publicKey, privateKey: finance.privateKey }, { designations: { approval: 'payout-7' } })
 * const { subject } = await verifier.verify(approved, request) // alice
 * ```
 */
export async function attest(token: string, signing: SigningKeys, options: AttestOptions): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { designations } = options
  const attested = checkDesignations('designations', designations)
  if (attested.size === 0) throw new TypeError('designations: must name at least one')
  return appendAttestation(token, signing, options, {
    contents: { designations },
    check: (proven) => checkNoOtherValue(proven, attested),
    write: (block) => {
      for (const [label, value] of attested) writeStatement(block, label, value)
    },
  })
}

function checkNoOtherValue({ blocks }: Token, attested: ReadonlyMap<string, string>): void {
  const world = statedWorld(blocks)
  const known = [
    ...bindingsOf(blocks, world),
    ...world.named('designation', 2).flatMap(({ predicate }) => groundDesignation(predicate) ?? []),
  ]
  for (const { label, value } of known) {
    if ((attested.get(label) ?? value) === value) continue
    throw new TypeError(`designations.${printable(label)}: the token demands or states another value already`)
  }
}
