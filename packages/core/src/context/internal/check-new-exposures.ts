import { checkCount } from '../../internal/base/options.ts'
import { checkLabels } from './labels.ts'

/** Checks labels that a token is to hold; returns each once. Errors: `TypeError` that starts with `exposures`. */
export function checkNewExposures(labels: unknown): readonly string[] {
  const exposures = checkLabels('exposures', labels)
  checkCount('exposures', exposures.length)
  return exposures
}
