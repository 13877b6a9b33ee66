import { boundDesignations } from '../../packages/core/src/capability/internal/bound-designations.ts'
import { CapabilityError } from '../../packages/core/src/internal/base/capability-error.ts'
import { DEFAULT_LIMITS } from '../../packages/core/src/internal/base/limits.ts'
import { Work } from '../../packages/core/src/internal/evaluate/work.ts'
import { assertChecks } from '../../packages/core/src/internal/rules/assert-checks.ts'
import { compileToken } from '../../packages/core/src/internal/rules/compile-token.ts'
import { expiryOf } from '../../packages/core/src/internal/rules/expiry.ts'
import { rightsOf, selectRight } from '../../packages/core/src/internal/rules/kind.ts'
import { decodeToken, type SignedBlock, type Token } from '../../packages/core/src/internal/token/decode-token.ts'
import { assertProfile } from '../../packages/core/src/internal/token/profile.ts'
import { capabilityBlock } from '../../packages/core/test/support/forge/datalog.ts'
import { bytesOf, type Envelope, textOf, writeToken } from '../../packages/core/test/support/forge/envelope.ts'
import { forge, forgeEnvelope } from '../../packages/core/test/support/forge/forge.ts'
import type { BlockSpec, TokenSpec } from '../../packages/core/test/support/forge/model.ts'
import { NOW } from '../../packages/core/test/support/gen/terms.ts'
import { gateway, root } from '../../packages/core/test/support/keys.ts'

/** Code that takes any bytes at all; it may throw a `CapabilityError`, and nothing else. */
export interface Target {
  readonly name: string
  /** Says what came of it, in a few words: another word is as good as another block of code. */
  run(bytes: Uint8Array): string
  /** What the target takes, of a token that somebody else wrote. */
  seeds(spec: TokenSpec): readonly Uint8Array[]
  /** The token that the bytes stand for, signed; `undefined` where there is none. */
  sign(bytes: Uint8Array): string | undefined
}

export const REQUEST = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
export const TIME: number = NOW

const AUTHORITY = capabilityBlock({ designations: { tenantId: 'acme' } })

const decoder: Target = {
  name: 'decoder',
  run: (bytes) => outcomeOf(() => decodeToken(textOf(bytes), DEFAULT_LIMITS)),
  seeds: (spec) => [bytesOf(forge(spec))],
  sign: () => undefined,
}

/** The bytes are the block that a holder, or a third party whose key is trusted by nobody, appends to a valid token. */
export const TARGETS: readonly Target[] = [
  decoder,
  blockTarget('appended block', (block) => ({ root: root.privateKey, authority: AUTHORITY, blocks: [block] })),
  blockTarget("third party's block", (block) => ({
    root: root.privateKey,
    authority: AUTHORITY,
    blocks: [{ ...block, signing: { external: gateway.privateKey } }],
  })),
  blockTarget('authority block', (block) => ({ root: root.privateKey, authority: block })),
]

/** Signatures take most of the time of a verification and look at no content, so they are made only for what is accepted. */
function blockTarget(name: string, specOf: (block: BlockSpec) => TokenSpec): Target {
  const template = forgeEnvelope(specOf({}))
  return {
    name,
    run: (bytes) => outcomeOf(() => judge(decodeToken(writeToken(withLast(template, bytes)), DEFAULT_LIMITS))),
    // Written as a block of this very token, so that its symbols and keys are those of its place.
    seeds: ({ authority, blocks = [] }) =>
      [authority, ...blocks].map((block) => lastOf(forgeEnvelope(specOf({ ...block, signing: {} }))).block),
    sign: (bytes) => forge(specOf({ raw: bytes })),
  }
}

function lastOf({ authority, blocks }: Envelope): Envelope['authority'] {
  return blocks.at(-1) ?? authority
}

function withLast(template: Envelope, block: Uint8Array): Envelope {
  const last = template.blocks.at(-1)
  if (last === undefined) return { ...template, authority: { ...template.authority, block } }
  return { ...template, blocks: [...template.blocks.slice(0, -1), { ...last, block }] }
}

/** All that a verifier does but the proof. */
function judge(token: Token): void {
  assertProfile(token)
  const rights = rightsOf(token.blocks[0] as SignedBlock)
  const demands = compileToken(token.blocks)
  if (BigInt(TIME) >= expiryOf(token.blocks, demands.stated).at) throw new CapabilityError('expired')
  selectRight(rights, REQUEST)
  const designations = new Map(Object.entries(REQUEST.designations))
  assertChecks(demands, { ...REQUEST, designations, time: TIME }, new Work(DEFAULT_LIMITS.steps))
  boundDesignations(demands.bindings, designations, true)
}

function outcomeOf(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    if (error instanceof CapabilityError) return error.code
    throw error
  }
}
