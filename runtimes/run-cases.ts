import type { Case } from './cases/support.ts'

export interface Outcome {
  readonly passed: number
  readonly failures: readonly string[]
}

/** Runs the cases one after the other; a failure is told with the name of its case. */
export async function runCases(cases: readonly Case[]): Promise<Outcome> {
  const failures: string[] = []
  for (const { name, run } of cases) {
    try {
      await run()
    } catch (error) {
      failures.push(`${name}: ${error}`)
    }
  }
  return { passed: cases.length - failures.length, failures }
}
