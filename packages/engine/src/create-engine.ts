import type { Schema, SchemaDefinition } from '@writ/core'
import type { Engine, EngineOptions } from './engine.ts'
import { EngineError } from './engine-error.ts'
import {
  checkKeys,
  checkText,
  readContext,
  readExposure,
  readFork,
  readIdentity,
  readMint,
} from './internal/check-request.ts'
import { createKeyRing } from './internal/key-ring.ts'
import { grantsOf, holdersOf } from './mint/list-grants.ts'
import type { Parts } from './mint/plan.ts'
import { runContext, runExposure, runFork } from './mint/run-context.ts'
import { runIdentity } from './mint/run-identity.ts'
import { runMint } from './mint/run-mint.ts'
import type { Policy, PolicyBackend } from './policy/policy.ts'
import { PolicyError } from './policy/policy-fault.ts'
import { checkPolicyAgainstSchema } from './schema/check-policy-against-schema.ts'

const OPTIONS = {
  policy: true,
  schema: true,
  keys: true,
  resolver: true,
  singleUse: true,
  sessions: true,
  revocation: true,
  now: true,
} satisfies Record<keyof EngineOptions, true>

/**
 * Creates an engine: it mints the capabilities that a policy allows, and nothing else.
 *
 * @param options - See {@link EngineOptions}; `policy` and `keys` are required.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong.
 * @throws `PolicyError` if the policy grants what the schema does not know.
 *
 * @example
 * ```ts
 * import { createVerifier, generateKeyPair } from '@writ/core'
 * import { createEngine, parsePolicy } from '@writ/engine'
 *
 * const keys = await generateKeyPair()
 * const policy = parsePolicy(`
 * [[objects]]
 * id = "service:gateway"
 * capabilities = [{ target = "invoices", operations = ["read"], max_ttl = 60 }]
 * `)
 * const engine = createEngine({ policy, keys })
 * const { capability } = await engine.mint({
 *   subject: 'service:gateway',
 *   target: 'invoices',
 *   operation: 'read',
 *   designations: { tenantId: 'acme' },
 *   anchor: 'service:billing',
 * })
 * ```
 */
export function createEngine<const Definition extends SchemaDefinition = SchemaDefinition>(
  options: EngineOptions<Definition>,
): Engine<Definition> {
  checkKeys('options', options, OPTIONS)
  const { policy, schema, keys, resolver, singleUse, sessions, revocation, now = systemClock } = options
  if (typeof now !== 'function') throw new TypeError('now: must be a function')
  if (resolver !== undefined && typeof resolver !== 'function') throw new TypeError('resolver: must be a function')
  const fixed = { keys: createKeyRing(keys, revocation, now), resolver, singleUse, sessions, now }
  /** A mint takes this object once and uses it to its end, so a reload never changes the rules half-way. */
  let parts: Parts = { ...fixed, ...fit(policy, schema) }

  return Object.freeze({
    async mint(request) {
      return runMint(readMint(request), parts, true)
    },
    async evaluate(request) {
      const asked = readMint(request)
      try {
        const { capability: _, context: __, ...minted } = await runMint(asked, parts, false)
        return { allowed: true, minted }
      } catch (error) {
        if (error instanceof EngineError) return { allowed: false, error }
        throw error
      }
    },
    async mintIdentity(request) {
      return runIdentity(readIdentity(request), parts)
    },
    async mintContext(request) {
      return runContext(readContext(request), parts)
    },
    async forkContext(context, request) {
      return runFork(context, readFork(request), parts)
    },
    async addExposure(context, request) {
      return runExposure(context, readExposure(request), parts)
    },
    async capabilitiesOf(subject) {
      checkText('subject', subject)
      return grantsOf(subject, parts.policy)
    },
    async whoCan(target, operation) {
      return holdersOf(target, operation, parts.policy)
    },
    reload(next) {
      checkKeys('parts', next, { policy: true, schema: true })
      parts = { ...fixed, ...fit(next.policy, next.schema) }
    },
  } satisfies Engine<Definition>)
}

/** @throws `PolicyError` if the policy grants what the schema does not know. */
function fit(policy: PolicyBackend, schema: Schema | undefined): { policy: PolicyBackend; schema: Schema | undefined } {
  if (typeof policy?.find !== 'function')
    throw new TypeError('policy: must be made by parsePolicy, loadPolicy or alike')
  if (schema === undefined) return { policy, schema }
  if (typeof schema.labels !== 'function')
    throw new TypeError('schema: must be made by defineSchema, parseSchema or alike')
  const { objects } = policy as Partial<Policy>
  const faults = objects === undefined ? [] : checkPolicyAgainstSchema({ objects }, schema)
  if (faults.length > 0) throw new PolicyError(faults)
  return { policy, schema }
}

function systemClock(): number {
  return Date.now() / 1000
}
