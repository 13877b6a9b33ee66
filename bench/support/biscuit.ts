// The reference implementation, used as its own documents show it: parse, authorize, free.
import type { PublicKey } from '@biscuit-auth/biscuit-wasm'
import type { CapabilityRequest } from '@writ/core'

type Library = typeof import('@biscuit-auth/biscuit-wasm')

/** Loads it without its greeting and without Node's warning about WebAssembly. */
export async function loadBiscuit(): Promise<Library> {
  const { log } = console
  const { emitWarning } = process
  console.log = () => {}
  process.emitWarning = () => {}
  try {
    return await import('@biscuit-auth/biscuit-wasm')
  } finally {
    console.log = log
    process.emitWarning = emitWarning
  }
}

export function publicKeyOf({ PublicKey, SignatureAlgorithm }: Library, text: string): PublicKey {
  const [algorithm, hex = ''] = text.split('/')
  return PublicKey.fromString(hex, SignatureAlgorithm[algorithm === 'ed25519' ? 'Ed25519' : 'Secp256r1'])
}

/** Throws for a token that is not good for the request. */
export function createBiscuitVerifier(
  library: Library,
  publicKey: string,
  {
    resource,
    operation,
    designations = {},
  }: CapabilityRequest & { readonly designations?: Readonly<Record<string, string>> },
): (token: string) => void {
  const { AuthorizerBuilder, Biscuit, Fact, Policy } = library
  const key = publicKeyOf(library, publicKey)
  const policy = Policy.fromString('allow if right($s, {r}, {o})')
  policy.set('r', resource)
  policy.set('o', operation)
  // What is the same for every request is made once; `add` copies it.
  const fact = (text: string, values: Readonly<Record<string, string>>) => {
    const made = Fact.fromString(text)
    for (const [name, value] of Object.entries(values)) made.set(name, value)
    return made
  }
  const facts = [
    fact('resource({a})', { a: resource }),
    fact('operation({a})', { a: operation }),
    ...Object.entries(designations).map(([a, b]) => fact('designation({a}, {b})', { a, b })),
  ]
  return (token) => {
    const biscuit = Biscuit.fromBase64(token, key)
    const builder = new AuthorizerBuilder()
    for (const one of facts) builder.addFact(one)
    const time = Fact.fromString('time({a})')
    time.set('a', Math.floor(Date.now() / 1000))
    builder.addFact(time)
    builder.addPolicy(policy)
    const authorizer = builder.buildAuthenticated(biscuit)
    try {
      // Its own limit is 1 ms, which a busy machine exceeds.
      authorizer.authorizeWithLimits({ max_facts: 1000, max_iterations: 100, max_time_micro: 10_000_000 })
    } finally {
      authorizer.free()
      biscuit.free()
      time.free()
    }
  }
}
