import { createHash } from 'node:crypto'
import type { RuleTexts } from './read-rule-texts.ts'

/** The entity tag of a version. It covers the number too: a policy that comes back is another version. */
export function hashRules(
  version: number,
  { policy, schema = null }: Pick<RuleTexts, 'policy'> & { schema?: string | null | undefined },
): string {
  return createHash('sha256')
    .update(JSON.stringify([version, policy, schema]))
    .digest('hex')
}
