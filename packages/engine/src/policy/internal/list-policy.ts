import type { ExchangeRule, ExposureRule, Grant, Issuer, ListedSubject, Policy, PolicyObject } from '../policy.ts'
import type { PolicyFault } from '../policy-fault.ts'
import { isTooDeep, namesAbove } from './names.ts'
import { compileRule } from './read-exposure.ts'

const NONE: readonly string[] = Object.freeze([])

/** The parts of a policy that was read without errors. */
export interface PolicyParts {
  readonly objects: readonly PolicyObject[]
  readonly classifications: ReadonlyMap<string, readonly string[]>
  readonly exposureRules: readonly ExposureRule[]
  readonly issuers: readonly Issuer[]
  readonly exchangeRules: readonly ExchangeRule[]
  readonly warnings: readonly PolicyFault[]
}

/** Makes a policy that can be asked. Each question takes the same time however many objects there are. */
export function listPolicy(parts: PolicyParts): Policy {
  const byId = new Map(parts.objects.map((object) => [object.id, new DeclaredSubject(object)]))
  const rules = parts.exposureRules.map(compileRule)
  const holders = new Map<string, Map<string, string[]>>()
  for (const { id, grants } of parts.objects) {
    for (const { target, operations } of grants) {
      const byOperation = getOrAdd(holders, target, () => new Map<string, string[]>())
      for (const operation of operations) {
        const ids = getOrAdd(byOperation, operation, () => [])
        if (ids.at(-1) !== id) ids.push(id)
      }
    }
  }
  return Object.freeze({
    ...parts,
    find: (name: string) => byId.get(name) ?? heir(name, byId),
    classification: (target: string) => parts.classifications.get(target) ?? NONE,
    precluding(target: string, labels: readonly string[]) {
      const about = rules.filter((rule) => rule.blocks(target))
      return [...new Set(about.flatMap((rule) => rule.precluding(labels)))]
    },
    subjects: () => byId.keys(),
    holders: (target: string, operation: string) => holders.get(target)?.get(operation) ?? NONE,
  })
}

class DeclaredSubject implements ListedSubject {
  readonly object: PolicyObject
  readonly #byTarget = new Map<string, Map<string, Grant>>()

  constructor(object: PolicyObject) {
    this.object = object
    for (const grant of object.grants) {
      const byOperation = getOrAdd(this.#byTarget, grant.target, () => new Map<string, Grant>())
      // The first declaration counts.
      for (const operation of grant.operations) if (!byOperation.has(operation)) byOperation.set(operation, grant)
    }
  }

  get parent(): string | undefined {
    return this.object.parent
  }

  get identity(): PolicyObject['identity'] {
    return this.object.identity
  }

  grant(target: string, operation: string): Grant | undefined {
    return this.#byTarget.get(target)?.get(operation)
  }

  grants(): readonly Grant[] {
    return this.object.grants
  }
}

/** A name that the policy does not declare has the rights of the nearest declared name above it, if that one says so. */
function heir(name: string, byId: ReadonlyMap<string, DeclaredSubject>): ListedSubject | undefined {
  if (name.endsWith(':') || name.includes('::') || isTooDeep(name)) return undefined
  const parent = namesAbove(name).find((above) => byId.has(above))
  const declared = parent === undefined ? undefined : byId.get(parent)
  if (declared === undefined || declared.object.subordinates !== 'inherit') return undefined
  return {
    parent,
    identity: { ttl: declared.identity.ttl, delegatable: false },
    grant: (target, operation) => declared.grant(target, operation),
    grants: () => declared.grants(),
  }
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}
