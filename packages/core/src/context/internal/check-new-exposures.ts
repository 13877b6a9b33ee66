import { checkCount } from '../../internal/base/options.ts'
import { checkLabels } from './labels.ts'

/**
 * Checks labels to be written into a token, and returns each once.
 *
 * @throws `TypeError` that starts with `exposures`.
 */
export function checkNewExposures(labels: unknown): readonly string[] {
  const exposures = checkLabels('exposures', labels)
  checkCount('exposures', exposures.length)
  return exposures
}
