import type { PlacedCheck } from '../../../src/internal/evaluate/check.ts'
import { CompiledCheck } from '../../../src/internal/evaluate/compiled-check.ts'
import { evaluated } from '../../../src/internal/evaluate/decide.ts'
import type { Work } from '../../../src/internal/evaluate/work.ts'
import type { World } from '../../../src/internal/evaluate/world.ts'
import type { SignedBlock } from '../../../src/internal/token/decode-token.ts'

/** Whether a check holds in a world, by the plain evaluation. */
export function satisfied(placed: PlacedCheck, blocks: readonly SignedBlock[], world: World, work: Work): boolean {
  const given = { assertions: { time: 0 }, world, candidates: () => [] }
  return new CompiledCheck(placed, { blocks, stated: world, compile: evaluated }).isSatisfied(given, work)
}
