import { checksOf, namesKey, type PlacedCheck } from '../evaluate/check.ts'
import { compileQuery } from '../evaluate/compile-query.ts'
import { type Compile, CompiledCheck } from '../evaluate/compiled-check.ts'
import { evaluated } from '../evaluate/decide.ts'
import { hasRules } from '../evaluate/facts.ts'
import { statedWorld, type World } from '../evaluate/world.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { type Binding, bindingsOf } from './bindings.ts'

/** What a token demands, as far as it depends on the token alone. It is kept with a proven token. */
export interface CompiledToken {
  readonly blocks: readonly SignedBlock[]
  /** The facts that the token states. */
  readonly stated: World
  readonly bindings: readonly Binding[]
  /** All checks, in written order. */
  readonly checks: readonly CompiledCheck[]
  /** Those that name a public key. */
  readonly keyed: readonly CompiledCheck[]
  /** The `reject if`s. */
  readonly rejections: readonly PlacedCheck[]
}

/**
 * Turns what a token demands into a form that is decided without building worlds. Which form a check has can be seen
 * neither in a verdict nor in the steps that it takes.
 *
 * @param compile - Default: by the form of each query. Tests give `evaluated`, and compare.
 */
export function compileToken(blocks: readonly SignedBlock[], compile: Compile = compileQuery): CompiledToken {
  const stated = statedWorld(blocks)
  // A rule derives facts from what the verifier asserts, and no form but the plain evaluation knows of it.
  const token = { blocks, stated, compile: hasRules(blocks) ? evaluated : compile }
  const checks = checksOf(blocks).map((placed) => new CompiledCheck(placed, token))
  return {
    blocks,
    stated,
    bindings: bindingsOf(blocks, stated),
    checks,
    keyed: checks.filter(({ placed }) => namesKey(placed, blocks)),
    rejections: checks.map(({ placed }) => placed).filter(({ check }) => check.kind === 'reject'),
  }
}
