import type { Schema } from '@writ/core/verify'
import { compilePattern } from '../patterns/compile-pattern.ts'
import type { Policy } from '../policy/policy.ts'
import { checkPolicyAgainstSchema } from '../schema/check-policy-against-schema.ts'
import { effectiveRights, type Unusable } from './effective-rights.ts'
import { lintExchange } from './lint-exchange.ts'

/** Something in a policy that is allowed and probably not meant. */
export interface LintFinding {
  readonly rule:
    | 'unusable_grant'
    | 'no_capabilities'
    | 'unused_classification'
    | 'rule_without_target'
    | 'rule_without_label'
    | 'context_not_required'
    | 'unnamed_object'
    | 'unused_issuer'
    | 'unusable_rule'
    | 'any_repository'
    | 'schema'
  readonly message: string
  /** The id of the object, target or issuer, or the subject of the exchange rule, that it is about. */
  readonly object?: string | undefined
}

/** How the targets of an authority itself begin, such as `authority.policy`. It has one of each, so there is no object to name. */
const AUTHORITY = 'authority.'

const WHY: Readonly<Record<Unusable['why'], string>> = {
  lacks_grant: 'does not hold it',
  names_other_object: 'holds it for another object',
  has_other_anchor: 'holds it for another service',
  has_other_attester: 'wants it attested by another key',
}

/**
 * Finds what a policy says without effect, or lets slip: grants that an ancestor makes unusable, rules that meet no target,
 * targets whose exposure rules can be avoided by presenting no context.
 *
 * @param schema - Adds what only a schema can tell. Default: none.
 *
 * @example
 * ```ts
 * import { lintPolicy, parsePolicy } from '@writ/engine'
 *
 * const policy = parsePolicy({
 *   objects: [
 *     { id: 'agent:alice' },
 *     { id: 'agent:alice:x', parent: 'agent:alice', capabilities: [{ target: 'crm', operations: ['read'] }] },
 *   ],
 * })
 * console.log((await lintPolicy(policy)).map(({ rule }) => rule)) // [ 'unusable_grant' ]
 * ```
 */
export async function lintPolicy(policy: Policy, schema?: Schema): Promise<readonly LintFinding[]> {
  const misfits = schema === undefined ? [] : checkPolicyAgainstSchema(policy, schema)
  return [
    ...misfits.map(({ object, message }) => ({ rule: 'schema' as const, object, message })),
    ...(await unusableGrants(policy)),
    ...idleObjects(policy),
    ...idleExposure(policy),
    ...lintExchange(policy),
    ...(schema === undefined ? [] : looseTargets(policy, schema)),
  ]
}

async function unusableGrants(policy: Policy): Promise<LintFinding[]> {
  const findings: LintFinding[] = []
  for (const { id, grants } of policy.objects) {
    const { unusable } = await effectiveRights(id, policy)
    for (const { grant, operation, ancestor, why } of unusable) {
      const what = `${JSON.stringify(operation)} on ${JSON.stringify(grants[grant]?.target)}`
      const message = `${what} can never be minted: ${JSON.stringify(ancestor)} ${WHY[why]}`
      findings.push({ rule: 'unusable_grant', object: id, message })
    }
  }
  return findings
}

/** Objects that hold nothing, and that no other object names. */
function idleObjects({ objects }: Policy): LintFinding[] {
  const named = new Set(objects.flatMap(({ parent, grants }) => [parent, ...grants.map(({ anchor }) => anchor)]))
  return objects
    .filter(({ id, grants, subordinates }) => grants.length === 0 && subordinates === 'declared' && !named.has(id))
    .map(({ id }) => ({
      rule: 'no_capabilities',
      object: id,
      message: 'holds nothing, and is neither a parent nor an anchor',
    }))
}

function idleExposure({ objects, classifications, exposureRules }: Policy): LintFinding[] {
  const findings: LintFinding[] = []
  const targets = [...new Set(objects.flatMap(({ grants }) => grants.map(({ target }) => target)))]
  const labels = [...new Set([...classifications.values()].flat())]
  for (const target of classifications.keys()) {
    if (targets.includes(target)) continue
    findings.push({ rule: 'unused_classification', object: target, message: 'is classified, and nobody can reach it' })
  }
  for (const [index, rule] of exposureRules.entries()) {
    const unmet = (patterns: readonly string[], names: readonly string[]) =>
      patterns.filter((pattern) => !names.some(compilePattern(pattern))).map((pattern) => JSON.stringify(pattern))
    for (const pattern of unmet(rule.blocks, targets)) {
      const message = `exposure_rules[${index}]: ${pattern} meets no target that anybody can reach`
      findings.push({ rule: 'rule_without_target', message })
    }
    for (const pattern of unmet(rule.labels, labels)) {
      const message = `exposure_rules[${index}]: ${pattern} meets no label of a classification`
      findings.push({ rule: 'rule_without_label', message })
    }
  }
  return findings
}

function looseTargets(policy: Policy, schema: Schema): LintFinding[] {
  const findings: LintFinding[] = []
  const rules = policy.exposureRules.map(({ blocks }) => blocks.map(compilePattern))
  for (const target of schema.targets) {
    const isBlocked = rules.some((patterns) => patterns.some((matches) => matches(target)))
    if (!schema.demandsContext(target) && (isBlocked || policy.classification(target).length > 0)) {
      const message = 'takes part in exposure, and is minted without a context: set context = "required"'
      findings.push({ rule: 'context_not_required', object: target, message })
    }
    for (const operation of schema.operations(target)) {
      if (schema.labels(target, operation)?.required.length || target.startsWith(AUTHORITY)) continue
      const message = `a capability for ${JSON.stringify(operation)} is good for every object: no designation is required`
      findings.push({ rule: 'unnamed_object', object: target, message })
    }
  }
  return findings
}
