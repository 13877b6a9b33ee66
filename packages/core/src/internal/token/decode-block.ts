import { publicKeyEncodingFault, publicKeyFromBytes } from '../../keys/internal/keys.ts'
import { type Bytes, utf8Length } from '../base/bytes.ts'
import type { Limits } from '../base/limits.ts'
import { malformed, tooLarge } from '../base/unproven.ts'
import * as schema from '../wire/schema.ts'
import { decodeMessage } from '../wire/wire.ts'
import type { Block, Check, Expression, Predicate, Rule, Scope, Term } from './datalog.ts'
import { termKey } from './datalog.ts'
import { assertVersion } from './feature-version.ts'
import { SymbolTable } from './symbols.ts'

/**
 * Decodes the content of one block and resolves its symbols.
 *
 * @param shared - The table of the first-party blocks so far. A first-party block extends it; a third-party block does
 *   not use it.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`.
 */
export function decodeBlock(payload: Bytes, thirdParty: boolean, shared: SymbolTable, limits: Limits): Block {
  const wire = decodeMessage(schema.block, payload)
  assertScopes([wire], limits)
  assertScopes(wire.rules, limits)
  for (const { queries } of wire.checks) assertScopes(queries, limits)
  for (const symbol of wire.symbols) assertLength(symbol, limits)
  assertVersion(wire, thirdParty)
  const table = thirdParty ? new SymbolTable() : shared
  table.extend(
    wire.symbols,
    wire.publicKeys.map((key) => publicKeyFromBytes(validKey(key).algorithm, key.key).text),
  )
  const read = blockReader(table, limits)
  return {
    version: wire.version ?? 0,
    facts: wire.facts.map((fact) => ground(read.predicate(fact.predicate))),
    rules: wire.rules.map(read.rule),
    checks: wire.checks.map((check): Check => ({ kind: check.kind ?? 'one', queries: check.queries.map(read.rule) })),
    scopes: wire.scope.map(read.scope),
  }
}

/** Refuses a key inside a token that has a small-order or non-canonical point; returns the others. */
export function validKey(key: schema.WirePublicKey): schema.WirePublicKey {
  if (publicKeyEncodingFault(key.algorithm, key.key) !== undefined) throw malformed()
  return key
}

function blockReader(table: SymbolTable, limits: Limits) {
  function predicate(wire: schema.WirePredicate): Predicate {
    return { name: table.symbol(wire.name), terms: wire.terms.map(term) }
  }

  function term(wire: schema.WireTerm): Term {
    switch (wire.type) {
      case 'variable':
        return { type: 'variable', name: table.symbol(wire.value) }
      case 'string':
        return { type: 'string', value: table.symbol(wire.value) }
      case 'bytes':
        if (wire.value.length > limits.stringBytes) throw tooLarge('stringBytes')
        return wire
      case 'set':
        return set(wire.value.elements.map(term))
      case 'null':
      case 'array':
      case 'map':
        return { type: wire.type }
      default:
        return wire
    }
  }

  function set(elements: readonly Term[]): Term {
    if (elements.length > limits.setTerms) throw tooLarge('setTerms')
    const [first] = elements
    if (elements.some(({ type }) => type === 'variable' || type !== first?.type)) throw malformed()
    return { type: 'set', elements: new Map(elements.map((element) => [termKey(element), element])) }
  }

  function expression(ops: readonly schema.WireOp[], budget: { operations: number }): Expression {
    budget.operations -= ops.length
    if (budget.operations < 0) throw tooLarge('operations')
    if (stackDepth(ops) > limits.depth) throw tooLarge('depth')
    return ops.map((op) => {
      switch (op.type) {
        case 'value':
          return { type: 'value', term: term(op.value) }
        case 'closure':
          return { type: 'closure', params: op.value.params.length, ops: expression(op.value.ops, budget) }
        default:
          if ((op.value.ffiName !== undefined) !== (op.value.kind === 'ffi')) throw malformed()
          return { type: op.type, kind: op.value.kind }
      }
    })
  }

  function scope(wire: schema.WireScope): Scope {
    return wire.type === 'publicKey' ? { type: 'key', publicKey: table.key(wire.value) } : { type: wire.value }
  }

  function rule(wire: schema.WireRule): Rule {
    // Matching recurses once per predicate, so the length of a body is limited like that of an expression.
    if (wire.body.length > limits.operations) throw tooLarge('operations')
    return {
      head: predicate(wire.head),
      body: wire.body.map(predicate),
      expressions: wire.expressions.map(({ ops }) => expression(ops, { operations: limits.operations })),
      scopes: wire.scope.map(scope),
    }
  }

  return { predicate, rule, scope }
}

/** The most values that are on the stack at once. */
function stackDepth(ops: readonly schema.WireOp[]): number {
  let depth = 0
  let most = 0
  for (const { type } of ops) {
    if (type === 'binary') depth--
    else if (type !== 'unary') most = Math.max(most, ++depth)
  }
  return most
}

function ground(fact: Predicate): Predicate {
  if (fact.terms.some(({ type }) => type === 'variable')) throw malformed()
  return fact
}

function assertScopes(scoped: readonly { readonly scope: readonly unknown[] }[], limits: Limits): void {
  for (const { scope } of scoped) if (scope.length > limits.blocks) throw tooLarge('blocks')
}

function assertLength(symbol: string, limits: Limits): void {
  // Most are far shorter, whatever characters they have.
  if (3 * symbol.length > limits.stringBytes && utf8Length(symbol) > limits.stringBytes) throw tooLarge('stringBytes')
}
