import type { AuthorizerBuilder, Biscuit, Fact, Policy, PublicKey } from '@biscuit-auth/biscuit-wasm'
import { createInstance, type Instance } from './instance.ts'

export interface OracleRequest {
  /** Unix seconds. */
  readonly time: number
  readonly resource: string
  readonly operation: string
  readonly designations?: Readonly<Record<string, string>>
  /** Pins the subject in the policy, and is asserted as a fact for the tokens that ask for one. */
  readonly subject?: string
}

/** `trap` is a crash of the reference implementation: no answer at all. */
export type OracleVerdict = 'allow' | 'refuse' | 'trap'

export interface Oracle {
  /** What the reference implementation says of the token in the world of a Writ verifier, without Writ's extra refusals. */
  judge(token: string, rootKey: string, request: OracleRequest): OracleVerdict
  /** As `judge`, and what was thrown. */
  explain(token: string, rootKey: string, request: OracleRequest): { verdict: OracleVerdict; thrown?: unknown }
  revocationIds(token: string, rootKey: string): readonly string[]
}

// The reference implementation leaks; a fresh instance takes 2 ms.
const RECYCLE_AT_BYTES = 16 * 1024 * 1024
// Tokens are judged several times in a row, beside their twins.
const PARSED_TOKENS = 8

export function createOracle(): Oracle {
  let session = new Session()

  function run<T>(work: (session: Session) => T): { value: T } | { verdict: 'refuse' | 'trap'; thrown: unknown } {
    if (session.instance.memoryBytes() > RECYCLE_AT_BYTES) session = new Session()
    try {
      return { value: work(session) }
    } catch (thrown) {
      if (!(thrown instanceof Error)) return { verdict: 'refuse', thrown }
      if (thrown.name !== 'RuntimeError' && thrown.name !== 'RangeError') throw thrown
      session = new Session()
      return { verdict: 'trap', thrown }
    }
  }

  function explain(token: string, rootKey: string, request: OracleRequest) {
    const result = run((current) => current.authorize(token, rootKey, request))
    return 'value' in result ? { verdict: 'allow' as const } : result
  }

  return {
    explain,
    judge: (...args) => explain(...args).verdict,
    revocationIds(token, rootKey) {
      const result = run((current) => current.parse(token, rootKey).getRevocationIdentifiers() as string[])
      if (!('value' in result)) throw new Error('the reference implementation refuses the token', { cause: result })
      return result.value
    },
  }
}

/** One instance, and the objects in it that calls share. */
class Session {
  readonly instance: Instance = createInstance()
  private readonly facts = new Map<string, Fact>()
  private readonly policies = new Map<string, Policy>()
  private readonly publicKeys = new Map<string, PublicKey>()
  private readonly parsed = new Map<string, Biscuit>()

  authorize(token: string, rootKey: string, request: OracleRequest): void {
    const biscuit = this.parse(token, rootKey)
    const authorizer = this.builder(request).buildAuthenticated(biscuit)
    try {
      authorizer.authorize()
    } finally {
      authorizer.free()
    }
  }

  parse(token: string, rootKey: string): Biscuit {
    const key = `${rootKey} ${token}`
    const known = this.parsed.get(key)
    if (known !== undefined) return known
    if (this.parsed.size >= PARSED_TOKENS) {
      for (const old of this.parsed.values()) old.free()
      this.parsed.clear()
    }
    const parsed = this.instance.glue.Biscuit.fromBase64(token, this.publicKey(rootKey))
    this.parsed.set(key, parsed)
    return parsed
  }

  private builder({ time, resource, operation, designations = {}, subject }: OracleRequest): AuthorizerBuilder {
    const builder = new this.instance.glue.AuthorizerBuilder()
    builder.addFact(this.fact('time({a})', { a: time }))
    builder.addFact(this.fact('resource({a})', { a: resource }))
    builder.addFact(this.fact('operation({a})', { a: operation }))
    for (const [label, value] of Object.entries(designations)) {
      builder.addFact(this.fact('designation({a}, {b})', { a: label, b: value }))
    }
    if (subject !== undefined) builder.addFact(this.fact('subject({a})', { a: subject }))
    builder.addPolicy(this.policy(resource, operation, subject))
    return builder
  }

  private fact(source: string, values: Readonly<Record<string, string | number>>): Fact {
    return remember(this.facts, JSON.stringify([source, values]), () => {
      const fact = this.instance.glue.Fact.fromString(source)
      for (const [name, value] of Object.entries(values)) fact.set(name, value)
      return fact
    })
  }

  private policy(resource: string, operation: string, subject: string | undefined): Policy {
    return remember(this.policies, JSON.stringify([resource, operation, subject]), () => {
      const policy = this.instance.glue.Policy.fromString(
        `allow if right(${subject === undefined ? '$s' : '{s}'}, {r}, {o})`,
      )
      policy.set('r', resource)
      policy.set('o', operation)
      if (subject !== undefined) policy.set('s', subject)
      return policy
    })
  }

  private publicKey(text: string): PublicKey {
    return remember(this.publicKeys, text, () => {
      const [algorithm, hex = ''] = text.split('/')
      const { PublicKey, SignatureAlgorithm } = this.instance.glue
      return PublicKey.fromString(hex, SignatureAlgorithm[algorithm === 'ed25519' ? 'Ed25519' : 'Secp256r1'])
    })
  }
}

function remember<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key) ?? make()
  map.set(key, known)
  return known
}
