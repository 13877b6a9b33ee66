import type { CapabilityErrorCode } from '../../../src/internal/base/capability-error.ts'
import { publicKeyOf } from '../forge/crypto.ts'
import type { BlockSpec, Check, Predicate, Query, Scope, Term, TokenSpec } from '../forge/model.ts'
import type { OracleRequest } from './oracle.ts'

/**
 * The reasons for which Writ refuses what the base evaluation accepts, each with the rule that says so. Written a second time, from the
 * rules and over the forge's model, so that neither a refusal without a reason nor a reason without a refusal goes unseen.
 */
export const DOCUMENTED_EXTRAS: ReadonlyMap<CapabilityErrorCode, string> = new Map([
  ['wrong_kind', 'the authority block states the marks of two kinds'],
  ['unsupported_block', 'no literal end in the authority block, or `reject if` over a predicate that nobody asserts'],
  [
    'missing_designation',
    '`reject if` over a label that nobody asserts, or a check that names a key and holds only by what the request asserts',
  ],
  ['wrong_designation', 'a check that names a key speaks of another value than the requested one'],
  ['wrong_anchor', 'a check that names a key speaks of another service than this one'],
  ['undesignated', 'no check of the token binds a label of the request'],
])

/** A check, and the index of its block. */
interface Placed {
  readonly check: Check
  readonly block: number
}

/** A token as specified, with what the rules ask of it. */
export class Rules {
  readonly #blocks: readonly BlockSpec[]
  readonly #checks: readonly Placed[]

  constructor(spec: TokenSpec) {
    this.#blocks = [spec.authority, ...(spec.blocks ?? [])]
    this.#checks = this.#blocks.flatMap(({ checks = [] }, block) => checks.map((check) => ({ check, block })))
  }

  /**
   * Reasons to refuse, apart from checks that name a key: those need the reference implementation, see `attestedTwin`.
   *
   * @param waived - Whether the request may be undesignated.
   */
  reasons(request: OracleRequest, waived: boolean): Set<CapabilityErrorCode> {
    const reasons = new Set<CapabilityErrorCode>()
    const marks = new Set(
      (this.#blocks[0]?.facts ?? []).flatMap(({ name, terms }) => MARKS.get(`${name}/${terms.length}`) ?? []),
    )
    if (marks.size > 1) reasons.add('wrong_kind')
    if (!this.#checks.some((placed) => placed.block === 0 && this.#isLiteralEnd(placed)))
      reasons.add('unsupported_block')
    for (const { check } of this.#checks) {
      if (check.kind === 'reject') for (const predicate of bodies(check)) addIfUnasserted(predicate, request, reasons)
    }
    const { anchor, ...requested } = request.designations ?? {}
    const speaking = this.#checks.filter((placed) => this.#namesKey(placed)).flatMap(({ check }) => bodies(check))
    if (anchor !== undefined && speaking.some((predicate) => speaksOfAnother(predicate, 'anchor', anchor))) {
      reasons.add('wrong_anchor')
    }
    for (const [label, value] of Object.entries(requested)) {
      if (!waived && !this.#checks.some((placed) => this.#binds(placed, label, value))) reasons.add('undesignated')
      if (speaking.some((predicate) => speaksOfAnother(predicate, label, value))) reasons.add('wrong_designation')
    }
    return reasons
  }

  /** The same token with no checks but those that name a key; asked without the request's designations, it must still hold. */
  attestedTwin(spec: TokenSpec): TokenSpec | undefined {
    if (!this.#checks.some((placed) => this.#namesKey(placed))) return undefined
    const blocks = this.#blocks.map((block, index) => ({
      ...block,
      checks: (block.checks ?? []).filter((check) => this.#namesKey({ check, block: index })),
    }))
    return { ...spec, authority: blocks[0] as BlockSpec, blocks: blocks.slice(1) }
  }

  #namesKey({ check, block }: Placed): boolean {
    const scopes = [...(this.#blocks[block]?.scope ?? []), ...check.queries.flatMap(({ scope = [] }) => scope)]
    return scopes.some((scope) => keyOf(scope) !== undefined)
  }

  #isLiteralEnd({ check, block }: Placed): boolean {
    const [query] = check.queries
    if (query === undefined || check.kind !== undefined || check.queries.length > 1 || query.body.length > 1)
      return false
    const [predicate] = query.body
    const [expression = [], ...others] = query.expressions ?? []
    const [left, right, operator] = expression
    const variable = predicate?.terms[0]
    if (predicate?.name !== 'time' || predicate.terms.length !== 1 || others.length > 0 || expression.length !== 3)
      return false
    const isLessThan = operator !== undefined && 'binary' in operator && operator.binary === 'lessThan'
    const isVariable = left !== undefined && 'value' in left && sameVariable(left.value, variable)
    const isInteger = right !== undefined && 'value' in right && ['number', 'bigint'].includes(typeof right.value)
    const statesTime = this.#visible(query, block).some(({ name, terms }) => name === 'time' && terms.length === 1)
    return isLessThan && isVariable && isInteger && !statesTime
  }

  #binds({ check, block }: Placed, label: string, value: string): boolean {
    const isPair = ({ name, terms }: Predicate) =>
      name === 'designation' && terms.length === 2 && terms[0] === label && terms[1] === value
    // What its attester states satisfies it, and it is held against the request besides.
    const keyed = this.#namesKey({ check, block })
    return (
      check.kind === undefined &&
      check.queries.length > 0 &&
      check.queries.every((query) => query.body.some(isPair) && (keyed || !this.#visible(query, block).some(isPair)))
    )
  }

  /** The facts of the token that a query sees. */
  #visible(query: Query, block: number): readonly Predicate[] {
    const own = query.scope ?? []
    const scopes = own.length > 0 ? own : (this.#blocks[block]?.scope ?? [])
    return this.#blocks.flatMap(({ facts = [], signing = {} }, index) => {
      const signer = signing.external === undefined ? undefined : publicKeyOf(signing.external)
      const trusted = scopes.some(
        (scope) =>
          (scope === 'authority' && index === 0) ||
          (scope === 'previous' && index < block) ||
          (signer !== undefined && keyOf(scope) === signer),
      )
      return trusted || index === block || (scopes.length === 0 && index === 0) ? facts : []
    })
  }
}

const MARKS: ReadonlyMap<string, string> = new Map([
  ['right/3', 'capability'],
  ['subject/1', 'identity'],
  ['context/1', 'context'],
])

function bodies(check: Check): readonly Predicate[] {
  return check.queries.flatMap(({ body }) => body)
}

function keyOf(scope: Scope): string | undefined {
  return typeof scope === 'object' && 'key' in scope ? scope.key : undefined
}

function sameVariable(left: Term, right: Term | undefined): boolean {
  const name = (term: Term | undefined) =>
    typeof term === 'object' && term !== null && 'variable' in term ? term.variable : undefined
  return name(left) !== undefined && name(left) === name(right)
}

function addIfUnasserted({ name, terms }: Predicate, request: OracleRequest, reasons: Set<CapabilityErrorCode>): void {
  const single = ['time', 'resource', 'operation', ...(request.subject === undefined ? [] : ['subject'])]
  if (terms.length === 1 && single.includes(String(name))) return
  if (name !== 'designation' || terms.length !== 2) {
    reasons.add('unsupported_block')
  } else if (!(typeof terms[0] === 'string' && Object.hasOwn(request.designations ?? {}, terms[0]))) {
    reasons.add('missing_designation')
  }
}

/** Whether a `designation` predicate may be about the label, and not about the value. */
function speaksOfAnother({ name, terms: [said, value], terms }: Predicate, label: string, wanted: string): boolean {
  if (name !== 'designation' || terms.length !== 2) return false
  return typeof said === 'string' ? said === label && value !== wanted : true
}
