import { revocationIds } from '@writ/core'
import { type Case, NOW, same, verify } from '../cases/support.ts'

/** What Node says of an official sample of Biscuit. */
export interface SampleVerdict {
  readonly name: string
  readonly token: string
  readonly rootKey: string
  /** None of them is a capability, so all are refused: those whose signatures and statements are read, as `wrong_kind`. */
  readonly code: string
  readonly ids: readonly string[] | string
}

/** Written by the bundler. */
declare const SAMPLES: readonly SampleVerdict[]

/** The official samples of Biscuit, about which every engine says what Node says. */
export const sampleCases: readonly Case[] = SAMPLES.map(({ name, token, rootKey, code, ids }) => ({
  name: `the sample ${name} is ${code}${rootKey.startsWith('secp') ? ', with a key on P-256' : ''}`,
  run: async () => same(await verdictOf(token, rootKey), { code, ids }),
}))

/** The code of the refusal, and the revocation ids or why there are none. */
async function verdictOf(token: string, rootKey: string): Promise<Pick<SampleVerdict, 'code' | 'ids'>> {
  const code = await verify(token, rootKey, undefined, { now: () => NOW }).then(() => 'accepted', codeOf)
  try {
    return { code, ids: revocationIds(token) }
  } catch (error) {
    return { code, ids: codeOf(error) }
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error)
}
