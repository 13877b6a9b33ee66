import * as fc from 'fast-check'
import {
  activationCheck,
  capabilityBlock,
  designationCheck,
  fact,
  timeCheck,
} from '../../../core/test/support/forge/datalog.ts'
import { forge } from '../../../core/test/support/forge/forge.ts'
import type { BlockSpec, TokenSpec } from '../../../core/test/support/forge/model.ts'
import { profileCases } from '../../../core/test/support/gen/arbitraries.ts'
import { Draw } from '../../../core/test/support/gen/draw.ts'
import { corrupt, mutate } from '../../../core/test/support/gen/mutations.ts'
import { LABELS, NOW, OPERATIONS, RESOURCES, SUBJECTS, VALUES } from '../../../core/test/support/gen/terms.ts'
import * as keys from '../../../core/test/support/keys.ts'

/** The anchor that most tokens with one have. */
export const ANCHOR = 'service:billing'

/** What writers of Writ write, with values that no writer would take now and then. */
function writtenSpec(draw: Draw): TokenSpec {
  const text = (usual: readonly string[]) =>
    draw.chance(6)
      ? draw.pick(['', 'é', '𝒲', 'a'.repeat(4096), 'b'.repeat(4097), '"); right(', 'nul\0'])
      : draw.pick(usual)
  const narrowing = () => [
    ...draw.several(3, 40, () => designationCheck(text(LABELS), text(VALUES))),
    ...(draw.chance(50)
      ? [designationCheck('anchor', draw.pick([ANCHOR, ANCHOR, ANCHOR, ANCHOR, ANCHOR, ANCHOR, 'service:other']))]
      : []),
    ...(draw.chance(5) ? [designationCheck('tenant', 'acme', { key: keys.gateway.publicKey })] : []),
    ...(draw.chance(20) ? [timeCheck(NOW + draw.pick([60, 1, 5, 0]), 't')] : []),
    ...(draw.chance(3) ? [designationCheck('facet', 'one')] : []),
    ...(draw.chance(3) ? [activationCheck(keys.activator.publicKey)] : []),
  ]
  const right = { subject: text(SUBJECTS), resource: text(RESOURCES), operation: text(OPERATIONS) }
  const { facts = [], checks = [] } = capabilityBlock({
    ...right,
    expiration: NOW + draw.pick([60, 1, 3600]),
    designations: {},
  })
  const kind = draw.chance(4) ? [fact('subject', 'alice')] : facts
  const signing = draw.chance(20) ? { payloadVersion: 1 } : {}
  const authority: BlockSpec = { facts: kind, checks: [...checks, ...narrowing()], signing }
  return {
    root: draw.chance(3) ? keys.mallory.privateKey : keys.root.privateKey,
    authority,
    blocks: draw.several(3, 40, () => ({ checks: narrowing(), signing })),
    ...(draw.chance(15) ? { sealed: true } : {}),
    ...(draw.chance(10) ? { rootKeyId: draw.below(3) } : {}),
  }
}

const tapes = fc.uint8Array({ minLength: 64, maxLength: 256, size: 'max' })
const changed = (change: (spec: TokenSpec, draw: Draw) => string) =>
  fc.tuple(tapes, tapes).map(([written, changes]) => ({
    token: change(writtenSpec(new Draw(written)), new Draw(changes)),
    isWritten: false,
  }))
/** Tokens, and whether a writer could have written them as they are. */
export const tokens: fc.Arbitrary<{ readonly token: string; readonly isWritten: boolean }> = fc.noBias(
  fc.oneof(
    { weight: 4, arbitrary: tapes.map((tape) => ({ token: forge(writtenSpec(new Draw(tape))), isWritten: true })) },
    { weight: 3, arbitrary: changed((spec, draw) => mutate(forge(spec), draw)) },
    { weight: 2, arbitrary: changed((spec, draw) => forge(corrupt(spec, draw))) },
    { weight: 2, arbitrary: profileCases(1).map(({ spec }) => ({ token: forge(spec), isWritten: false })) },
  ),
)
