import type { Predicate } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { type Assertions, assertedFacts } from './assertions.ts'
import { worldOf } from './facts.ts'
import { type Fact, World } from './world.ts'

/** What the checks of one token are decided on. */
export interface Given {
  readonly assertions: Assertions
  /** All facts, those of the token and those of the verifier. */
  readonly world: World
  /** The facts of the verifier that may match a predicate. */
  candidates(predicate: Predicate): readonly Fact[]
}

/** Builds worlds only when a check asks for one: the common checks need none. */
export function givenBy(assertions: Assertions, blocks: readonly SignedBlock[]): Given {
  return new LazyWorlds(assertions, blocks)
}

class LazyWorlds implements Given {
  readonly assertions: Assertions
  readonly #blocks: readonly SignedBlock[]
  #all: World | undefined
  #ofVerifier: World | undefined

  constructor(assertions: Assertions, blocks: readonly SignedBlock[]) {
    this.assertions = assertions
    this.#blocks = blocks
  }

  get world(): World {
    this.#all ??= worldOf(this.#blocks, assertedFacts(this.assertions))
    return this.#all
  }

  candidates(predicate: Predicate): readonly Fact[] {
    this.#ofVerifier ??= new World(assertedFacts(this.assertions))
    return this.#ofVerifier.candidates(predicate)
  }
}
