import { DEFAULT_LIMITS } from '../../limits.ts'
import { checkLabels } from './labels.ts'

/** Checks labels that a token is to hold; returns each once. Errors: `TypeError` that starts with `exposures`. */
export function checkNewExposures(labels: unknown): readonly string[] {
  const exposures = checkLabels('exposures', labels)
  // Each is a check; a hundred thousand of them would keep the library busy for seconds before they are found too many.
  if (exposures.length > DEFAULT_LIMITS.checks) {
    throw new TypeError(`exposures: must not be more than ${DEFAULT_LIMITS.checks}, as many checks as a verifier reads`)
  }
  return exposures
}
