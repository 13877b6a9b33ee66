import type { ProfileCase } from '../gen/arbitraries.ts'
import { answer } from './answer.ts'
import { readerSide, type Verdicts } from './compare.ts'

export { disagreement, type Verdicts } from './compare.ts'

/** Puts one token and its requests to the reader and to the reference implementation. */
export async function verdictsOf(example: ProfileCase): Promise<readonly Verdicts[]> {
  const { questions, conclude } = await readerSide(example)
  return conclude(answer(questions))
}
