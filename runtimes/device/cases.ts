import { kindCases } from '../cases/kinds.ts'
import { readingCases } from '../cases/reading.ts'
import { refusalCases } from '../cases/refusals.ts'
import type { Case } from '../cases/support.ts'
import { sampleCases } from './samples.ts'

/** A ledger hears of what is minted, and here nothing is. The lock in `apps/lock` has a ledger of its own. */
const NEEDS_MINTING = /a single-use capability passes once$/

/** Of all that verifies. */
export const deviceCases: readonly Case[] = [
  ...readingCases,
  ...refusalCases,
  ...kindCases.filter(({ name }) => !NEEDS_MINTING.test(name)),
  ...sampleCases,
]
