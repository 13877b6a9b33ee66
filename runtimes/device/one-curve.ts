import { readingCases } from '../cases/reading.ts'
import type { Case } from '../cases/support.ts'
import { sampleCases } from './samples.ts'

const OTHER_CURVE = /P-256|both curves|secp256r1/

/** What reads, for devices that have Ed25519 alone: a case about the other curve must be refused for that. */
export const oneCurveCases: readonly Case[] = [...readingCases, ...sampleCases].map(({ name, run }) => ({
  name,
  run: () =>
    OTHER_CURVE.test(name)
      ? run().then(
          () => undefined,
          (error: unknown) => {
            if (!/P-256 needs|outside the supported profile|unsupported_block/.test(`${error}`)) throw error
          },
        )
      : run(),
}))
