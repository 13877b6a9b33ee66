import { EngineError } from '../engine-error.ts'
import { isTable } from '../policy/internal/read-values.ts'
import { ResolverError } from '../resolvers/resolver.ts'
import { type Asked, detailsOf, type Granted, type Parts } from './plan.ts'

const RESERVED = ['anchor', 'facet']

/** Step `designations`: the pairs of the policy, the caller and the resolver, one value per label. */
export async function collectDesignations(
  asked: Asked,
  { grant }: Granted,
  { resolver }: Parts,
): Promise<ReadonlyMap<string, string>> {
  const collected = new Map(grant.designations)
  const { designations = {}, input = {} } = asked.request
  const { subject, target, operation } = asked
  add(collected, designations, asked)
  if (resolver !== undefined) {
    add(collected, await resolve(() => resolver({ subject, target, operation, input }), asked), asked)
  }
  for (const label of collected.keys()) {
    if (RESERVED.includes(label))
      throw new EngineError('designations', 'wrong_designation', { ...detailsOf(asked), label })
  }
  return collected
}

async function resolve(run: () => unknown, asked: Asked): Promise<unknown> {
  try {
    return await run()
  } catch (cause) {
    const label = cause instanceof ResolverError ? cause.label : undefined
    throw new EngineError('designations', 'resolver_failed', { ...detailsOf(asked), label, cause })
  }
}

function add(collected: Map<string, string>, designations: unknown, asked: Asked): void {
  const details = detailsOf(asked)
  // A map or a promise has no members of its own, so it would look like an object that names nothing.
  if (!isTable(designations)) {
    throw new EngineError('designations', 'wrong_designation', details)
  }
  for (const [label, value] of Object.entries(designations)) {
    if (typeof value !== 'string' || value === '' || !value.isWellFormed() || label === '' || !label.isWellFormed()) {
      throw new EngineError('designations', 'wrong_designation', { ...details, label })
    }
    const known = collected.get(label)
    if (known !== undefined && known !== value) {
      throw new EngineError('designations', 'conflicting_designation', { ...details, label })
    }
    collected.set(label, value)
  }
}
