import { binary, pred, query, variable } from '../forge/datalog.ts'
import type { BinaryName, Check, Expression, Predicate, Query, Scope, Term } from '../forge/model.ts'
import type { Draw } from './draw.ts'
import { type Binding, ExpressionSource } from './expression.ts'
import { LABELS, OPERATIONS, RESOURCES, SIGNERS, SUBJECTS, TERM_TYPES, type TermType, VALUES } from './terms.ts'

/** What the request that is meant to be accepted asserts, and what the token's blocks are meant to state. */
export interface Plan {
  readonly subject: string
  readonly resource: string
  readonly operation: string
  readonly time: number
  readonly expiration: number
  readonly designations: Readonly<Record<string, string>>
}

/** A fact somewhere in the token. */
export interface Stated {
  readonly fact: Predicate
  readonly block: number
  /** Public key of the third party that signs the block. */
  readonly signer?: string
}

/** Generates the checks of one block. */
export class CheckSource {
  readonly #draw: Draw
  readonly #plan: Plan
  readonly #block: number
  readonly #stated: readonly Stated[]

  constructor(draw: Draw, plan: Plan, block: number, stated: readonly Stated[]) {
    this.#draw = draw
    this.#plan = plan
    this.#block = block
    this.#stated = stated
  }

  /** A check that is most likely meant to be satisfied. */
  check(): Check {
    const wanted = !this.#draw.chance(6)
    const kind = this.#draw.pick(['if', 'if', 'if', 'all', 'reject'] as const)
    if (kind === 'reject') return { kind, queries: this.#alternatives(!wanted, false) }
    const queries = this.#alternatives(wanted, !wanted || this.#draw.chance(30))
    return kind === 'all' ? { kind, queries } : { queries }
  }

  #alternatives(wanted: boolean, others: boolean): readonly Query[] {
    const main = this.#query(wanted)
    if (!this.#draw.chance(20)) return [main]
    const rest = [main, this.#query(others)]
    return this.#draw.chance(50) ? rest : rest.reverse()
  }

  #query(wanted: boolean): Query {
    switch (this.#draw.below(6)) {
      case 0:
        return this.#scoped(this.#aboutTime(wanted))
      case 1:
        return this.#scoped(this.#aboutDesignation(wanted))
      case 2:
        return this.#scoped(this.#aboutRequest(wanted))
      case 3:
        return this.#scoped({ body: [], expressions: [this.#expression([], wanted)] })
      default:
        return this.#aboutFacts(wanted)
    }
  }

  #aboutTime(wanted: boolean): Query {
    const { time } = this.#plan
    const kinds: readonly BinaryName[] = wanted
      ? ['lessThan', 'lessOrEqual', 'notEqual', 'strictNotEqual']
      : ['greaterThan', 'equal', 'strictEqual']
    const limit = time + this.#draw.pick([60, 1, 1000, 0])
    return query(pred('time', variable('t')), binary(variable('t'), this.#draw.pick(kinds), limit))
  }

  #aboutDesignation(wanted: boolean): Query {
    const known = Object.entries(this.#plan.designations)
    if (known.length === 0) return this.#aboutTime(wanted)
    const [label, value] = this.#draw.pick(known)
    if (this.#draw.chance(40)) return query(pred('designation', label, wanted ? value : this.#draw.pick(VALUES)))
    const bindings = [{ name: 'v', type: 'string', value } as const]
    return { body: [pred('designation', label, variable('v'))], expressions: [this.#expression(bindings, wanted)] }
  }

  #aboutRequest(wanted: boolean): Query {
    const { resource, operation, subject, time } = this.#plan
    const all: readonly (readonly [Predicate, readonly Binding[]])[] = [
      [pred('resource', variable('r')), [{ name: 'r', type: 'string', value: resource }]],
      [pred('operation', variable('o')), [{ name: 'o', type: 'string', value: operation }]],
      [pred('time', variable('t')), [{ name: 't', type: 'integer', value: BigInt(time) }]],
      [pred('right', variable('s'), variable('r'), variable('o')), [{ name: 's', type: 'string', value: subject }]],
    ]
    const first = this.#draw.below(4)
    const chosen = [first, ...(this.#draw.chance(40) ? [(first + 1) % 4] : [])].map(
      (index) => all[index] as (typeof all)[0],
    )
    const body = chosen.map(([predicate]) => predicate)
    const bindings = chosen.flatMap(([, bound]) => bound)
    return this.#draw.chance(30) ? { body } : { body, expressions: [this.#expression(bindings, wanted)] }
  }

  /** Joins facts that the token states: variables, constants, and one variable in several places. */
  #aboutFacts(wanted: boolean): Query {
    if (this.#stated.length === 0) return this.#aboutRequest(wanted)
    const bindings: Binding[] = []
    const sources = [this.#source(), ...this.#draw.several(2, 30, () => this.#source())]
    const body = sources.map(({ fact }) => this.#pattern(fact, bindings))
    const plain = this.#draw.chance(40)
    const missing = plain && !wanted ? [pred('owner', 'nobody', this.#draw.pick(VALUES))] : []
    const found = {
      body: [...body, ...missing],
      ...(plain ? {} : { expressions: [this.#expression(bindings, wanted)] }),
    }
    return this.#draw.chance(85) ? withScope(found, this.#scopesFor(sources)) : this.#scoped(found)
  }

  /** Half the time a fact of an attenuation block, if there is one: those are what scopes are about. */
  #source(): Stated {
    const later = this.#stated.filter(({ block }) => block > 0)
    return this.#draw.pick(later.length > 0 && this.#draw.chance(50) ? later : this.#stated)
  }

  #pattern({ name, terms }: Predicate, bindings: Binding[]): Predicate {
    return pred(
      name,
      ...terms.map((term): Term => {
        if (this.#draw.chance(35)) return this.#draw.chance(5) ? otherType(term) : term
        const any = bindings.length > 0 && this.#draw.chance(5) ? this.#draw.pick(bindings) : undefined
        const known = any ?? bindings.find((binding) => sameTerm(binding.value, term))
        if (known !== undefined) return variable(known.name)
        const binding = { name: `x${bindings.length}`, type: typeOf(term), value: term }
        bindings.push(binding)
        return variable(binding.name)
      }),
    )
  }

  #expression(bindings: readonly Binding[], wanted: boolean): Expression {
    return new ExpressionSource(this.#draw, bindings).truth(wanted, this.#draw.below(4))
  }

  /** Scopes that let a query of this block see the facts. */
  #scopesFor(sources: readonly Stated[]): readonly Scope[] {
    const scopes: Scope[] = []
    for (const { block, signer } of sources) {
      if (block === this.#block) continue
      if (signer !== undefined && (block > this.#block || this.#draw.chance(60))) scopes.push({ key: signer })
      else if (block > 0) scopes.push('previous')
      else if (scopes.length > 0 || this.#draw.chance(30)) scopes.push('authority')
    }
    const seesAuthority = scopes.length === 0 || scopes.some((scope) => scope === 'previous' || scope === 'authority')
    return seesAuthority || !sources.some(({ block }) => block === 0) ? scopes : [...scopes, 'authority']
  }

  #scoped(base: Query): Query {
    return this.#draw.chance(25) ? withScope(base, randomScopes(this.#draw)) : base
  }
}

export function randomScopes(draw: Draw): readonly Scope[] {
  return [randomScope(draw), ...draw.several(2, 25, () => randomScope(draw))]
}

function randomScope(draw: Draw): Scope {
  return draw.pick<Scope>(['authority', 'previous', { key: draw.pick(SIGNERS).publicKey }])
}

function withScope(base: Query, scope: readonly Scope[]): Query {
  return scope.length === 0 ? base : { ...base, scope }
}

/** Facts: ordinary ones with terms of every type, and forgeries of what only a verifier or an attester may state. */
export function randomFact(draw: Draw, plan: Plan, term: (type: TermType) => Term): Predicate {
  const designated = Object.entries(plan.designations)
  const [label, value] = designated.length > 0 ? draw.pick(designated) : [draw.pick(LABELS), draw.pick(VALUES)]
  switch (draw.below(12)) {
    case 0:
      return pred('right', draw.pick(SUBJECTS), draw.pick(RESOURCES), draw.pick(OPERATIONS))
    case 1:
      return pred('designation', label, draw.chance(50) ? value : draw.pick(VALUES))
    case 2:
      return pred('time', draw.chance(50) ? 0 : plan.expiration + 1)
    case 3:
      return pred(draw.pick(['resource', 'operation']), draw.pick([...RESOURCES, ...OPERATIONS]))
    case 4:
      return pred(draw.pick(['activation', 'subject']), draw.chance(50) ? plan.time : plan.subject)
    default:
      return pred(draw.pick(['owner', 'role', 'tag']), ...termsFor(draw, term))
  }
}

function termsFor(draw: Draw, term: (type: TermType) => Term): readonly Term[] {
  return [term(draw.pick(TERM_TYPES)), ...draw.several(2, 50, () => term(draw.pick(TERM_TYPES)))]
}

/** What looks like the term, and is of another type. */
function otherType(term: Term): Term {
  if (typeof term === 'bigint' && term >= 0n) return { date: term }
  if (typeof term === 'string') return Uint8Array.from(Buffer.from(term))
  if (typeof term === 'object' && term !== null && 'date' in term) return BigInt.asIntN(64, BigInt(term.date))
  return term === null ? 'null' : { set: [] }
}

function typeOf(term: Term): TermType {
  if (term === null) return 'null'
  if (term instanceof Uint8Array) return 'bytes'
  if (typeof term === 'object') return 'set' in term ? 'set' : 'date'
  if (typeof term === 'string') return 'string'
  return typeof term === 'boolean' ? 'bool' : 'integer'
}

function sameTerm(left: Term, right: Term): boolean {
  return typeof left !== 'object' && typeof left === typeof right && left === right
}
