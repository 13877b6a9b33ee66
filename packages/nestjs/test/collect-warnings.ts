import { afterEach, beforeEach } from 'vitest'

type CodedWarning = Error & { readonly code?: string }

/** Collects the process warnings of each test. The function that it returns gives the messages of one code. */
export function collectWarnings(): (code: string) => Promise<string[]> {
  let warnings: CodedWarning[] = []
  const note = (warning: CodedWarning) => warnings.push(warning)
  beforeEach(() => {
    warnings = []
    process.on('warning', note)
  })
  afterEach(() => void process.off('warning', note))
  return async (code) => {
    // Node emits a warning in the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    return warnings.filter((warning) => warning.code === code).map(({ message }) => message)
  }
}
