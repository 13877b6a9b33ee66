import { describeNameCheck } from './identity/internal/name-check.ts'
import { DEFAULT_LIMITS } from './internal/base/limits.ts'
import { checksOf } from './internal/evaluate/check.ts'
import type { World } from './internal/evaluate/world.ts'
import { statedWorld } from './internal/evaluate/world.ts'
import { authenticateToken } from './internal/read/authenticate-token.ts'
import { awaitedBy } from './internal/rules/awaited.ts'
import { bindingsOf } from './internal/rules/bindings.ts'
import { describeCheck } from './internal/rules/describe-check.ts'
import { expiryOf } from './internal/rules/expiry.ts'
import { kindOf, rightsOf } from './internal/rules/kind.ts'
import { idsOf } from './internal/rules/revocation.ts'
import type { Keys } from './internal/signature/root-key-source.ts'
import { rootKeys } from './internal/signature/root-keys.ts'
import { isString } from './internal/token/datalog.ts'
import { decodeToken, type SignedBlock, type Token } from './internal/token/decode-token.ts'
import { assertShowable, chainNode } from './internal/token/profile.ts'

/** What a token says. Unless `verified` is true, anyone may have written it. */
export interface Inspection<Verified extends boolean = boolean> {
  /** Whether every signature was verified. It says nothing about expiry, revocation, or what the token permits. */
  readonly verified: Verified
  /** The kind; `'unknown'` for a token that states no kind or several. */
  readonly kind: 'capability' | 'identity' | 'context' | 'unknown'
  /** The subject of a capability, an identity or a context. */
  readonly subject: string | undefined
  /** Only of a capability. */
  readonly resource: string | undefined
  /** Only of a capability. */
  readonly operation: string | undefined
  /**
   * What the checks bind, in block order, including the anchor. `attested` if the token states the value that a check
   * demands of a key.
   */
  readonly designations: readonly {
    readonly block: number
    readonly label: string
    readonly value: string
    readonly attested: boolean
  }[]
  /** What the holder of a key must attest before the token can be used, with `attest`. Empty if nothing is awaited. */
  readonly awaited: readonly {
    readonly block: number
    readonly label: string
    readonly value: string
    /** The public key of whoever must attest it. */
    readonly by: string
  }[]
  /** What every check demands, in words, in block order: `tenantId is "acme"`. What the token says is quoted. */
  readonly demands: readonly { readonly block: number; readonly demand: string }[]
  /**
   * Blocks that were signed with a separate key: by attesters and activators, or with the one-time keys of delegations.
   */
  readonly attesters: readonly { readonly block: number; readonly publicKey: string }[]
  /**
   * The services that a token of an older Hessra core must have passed, in order; empty for every other token. Such a
   * token can only be inspected: verifiers refuse it (`unsupported_block`).
   */
  readonly serviceChain: readonly { readonly component: string; readonly publicKey: string }[]
  /** How often an identity was delegated; 0 for everything else. */
  readonly depth: number
  /** Unix seconds; `undefined` if the token has no end. */
  readonly expiresAt: number | undefined
  readonly revocationIds: readonly string[]
  readonly rootKeyId: number | undefined
  /** Number of blocks, the authority block included. */
  readonly blocks: number
  /** Whether no block can be appended any more. */
  readonly sealed: boolean
}

/**
 * Reads what a token says, for people, logs and tools. It does not decide whether a token is valid; only a verifier
 * does.
 *
 * @param token - URL-safe base64.
 * @param keys - The root public keys, as for a verifier. Without them no signature is verified and `verified` is
 *   `false`.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `unsupported_block`; with keys also
 *   `untrusted_key`, `invalid_signature`, `unavailable`.
 * @throws `TypeError` if `keys` contains an invalid public key.
 *
 * @example
 * ```ts
 * import { generateKeyPair, inspect, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
 * const { verified, kind, subject } = await inspect(token, publicKey) // true, 'capability', 'alice'
 * ```
 */
export function inspect(token: string): Promise<Inspection<false>>
export function inspect(token: string, keys: Keys): Promise<Inspection<true>>
export async function inspect(text: string, keys?: Keys): Promise<Inspection> {
  if (typeof text !== 'string') throw new TypeError('token: must be a string')
  if (keys !== undefined) {
    const { token } = await authenticateToken(text, rootKeys(keys), DEFAULT_LIMITS, assertShowable)
    return describe(token, true)
  }
  const token = decodeToken(text, DEFAULT_LIMITS)
  assertShowable(token)
  return describe(token, false)
}

function describe(token: Token, verified: boolean): Inspection {
  const authority = token.blocks[0] as SignedBlock
  const stated = statedWorld(token.blocks)
  const kind = kindOf(authority)
  const right = kind === 'capability' ? rightsOf(authority)[0] : undefined
  return Object.freeze({
    verified,
    kind: kind ?? 'unknown',
    subject: right?.subject ?? markedSubject(authority, kind),
    resource: right?.resource,
    operation: right?.operation,
    designations: bindingsOf(token.blocks, stated),
    awaited: awaitedBy(token.blocks, stated),
    demands: demandsOf(token, stated),
    attesters: attestersOf(token),
    serviceChain: authority.content.rules.flatMap((rule) => chainNode(rule) ?? []),
    depth: kind === 'identity' ? depthOf(token) : 0,
    expiresAt: endOf(token, stated),
    revocationIds: idsOf(token),
    rootKeyId: token.rootKeyId,
    blocks: token.blocks.length,
    sealed: token.proof.type === 'finalSignature',
  })
}

/** The one term of `subject(s)` or `context(s)`. */
function markedSubject({ content }: SignedBlock, kind: string | undefined): string | undefined {
  const marker = kind === 'identity' ? 'subject' : kind
  const fact = content.facts.find(({ name, terms }) => name === marker && terms.length === 1)
  const term = fact?.terms[0]
  return isString(term) ? term.value : undefined
}

function attestersOf({ blocks }: Token): Inspection['attesters'] {
  return blocks.flatMap(({ external }, block) =>
    external === undefined ? [] : [{ block, publicKey: external.publicKey.text }],
  )
}

function demandsOf({ blocks }: Token, stated: World): Inspection['demands'] {
  return checksOf(blocks).map((placed) => {
    const demand = describeNameCheck(placed, blocks) ?? describeCheck(placed, blocks, stated)
    return { block: placed.block, demand }
  })
}

/** The number of blocks with a check about the name. Blocks that only shorten the life do not count. */
function depthOf({ blocks }: Token): number {
  const delegations = checksOf(blocks).filter(
    ({ check, block }) => block > 0 && check.queries.some(({ body }) => body.some(({ name }) => name === 'actor')),
  )
  return new Set(delegations.map(({ block }) => block)).size
}

function endOf({ blocks }: Token, stated: World): number | undefined {
  try {
    return Number(expiryOf(blocks, stated).at)
  } catch {
    return undefined
  }
}
