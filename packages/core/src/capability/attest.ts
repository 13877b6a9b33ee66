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

/** What to attest. */
export interface AttestOptions {
  /** What the attester states: one value per label. */
  readonly designations: Readonly<Record<string, string>>
  /**
   * The longest lifetime of the capability from now on: whole seconds, or `'30s'`, `'5m'`. Default: the end does not
   * change.
   */
  readonly expiresIn?: Duration | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { designations: true, expiresIn: true, now: true } satisfies Record<keyof AttestOptions, true>

/**
 * Attests designations: appends a block, signed by the attester's own key, that states them. The statement only counts
 * for checks that demand it from this key (`attested`).
 *
 * Use this for hops in a service chain and for approvals: each party attests its own label.
 *
 * @param token - The capability, URL-safe base64.
 * @param signing - The root public keys, and the private key of the attester; see {@link SigningKeys}.
 * @param options - See {@link AttestOptions}; `designations` is required.
 * @returns The token with the attester's block, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong; with `designations.<label>` if
 *   the token demands or states another value for this label; with `keys:`, `privateKey:`; or with `token:` for a token
 *   that is sealed, or has as many blocks as a verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`,
 *   `unsupported_block`, `wrong_kind`.
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
 * const signing = { keys: publicKey, privateKey: finance.privateKey }
 * const approved = await attest(token, signing, { designations: { approval: 'payout-7' } })
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
