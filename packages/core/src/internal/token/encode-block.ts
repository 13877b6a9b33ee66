import { parsePublicKey } from '../../keys/internal/keys.ts'
import { isWellFormed } from '../base/well-formed.ts'
import { encodeMessage } from '../wire/encode.ts'
import * as schema from '../wire/schema.ts'
import type { Block, Expression, Op, Predicate, Rule, Scope, Term } from './datalog.ts'
import { neededVersion } from './feature-version.ts'
import type { SymbolTable } from './symbols.ts'

/** What a block says. Its version follows from what it uses. */
export type BlockContent = Omit<Block, 'version'>

/**
 * Encodes the content of one block, the mirror of `decodeBlock`. The bytes are those that the reference implementation
 * writes: symbols and keys are numbered in the order of their first use, facts come before rules and checks, and the
 * version is the lowest that has every feature of the block.
 *
 * @param table - Of a first-party block: the table of all first-party blocks before it. Of a third-party block: an
 *   empty one. What the block adds is added to it.
 * @throws `TypeError` for a string that is not well-formed, and for an integer or a date beyond 64 bits.
 */
export function encodeBlock({ facts, rules, checks, scopes }: BlockContent, thirdParty: boolean, table: SymbolTable) {
  const before = table.size
  const write = blockWriter(table)
  const content = {
    facts: facts.map((fact) => ({ predicate: write.predicate(fact) })),
    rules: rules.map(write.rule),
    checks: checks.map(({ kind, queries }) => ({
      queries: queries.map(write.rule),
      kind: kind === 'one' ? undefined : kind,
    })),
    scope: scopes.map(write.scope),
    context: undefined,
  }
  const { symbols, keys } = table.since(before)
  const wire = { ...content, symbols, publicKeys: keys.map(wireKey) }
  const version = neededVersion(wire, thirdParty)
  return { payload: encodeMessage(schema.block, { ...wire, version }), version }
}

function blockWriter(table: SymbolTable) {
  function predicate({ name, terms }: Predicate): schema.WirePredicate {
    return { name: symbol(name), terms: terms.map(term) }
  }

  function symbol(text: string): number {
    // A lone surrogate has no UTF-8: another string would be signed than the caller gave.
    if (!isWellFormed(text)) throw new TypeError('a string must be well-formed Unicode')
    return table.indexOf(text)
  }

  function term(value: Term): schema.WireTerm {
    switch (value.type) {
      case 'variable':
        return { type: 'variable', value: symbol(value.name) }
      case 'string':
        return { type: 'string', value: symbol(value.value) }
      case 'integer':
        return { type: 'integer', value: within(value.value, -(2n ** 63n), 2n ** 63n) }
      case 'date':
        return { type: 'date', value: within(value.value, 0n, 2n ** 64n) }
      case 'set':
        return { type: 'set', value: { elements: [...value.elements.values()].map(element) } }
      case 'null':
        return { type: 'null', value: {} }
      case 'array':
      case 'map':
        throw new TypeError(`a block of the profile has no ${value.type}`)
      case 'bytes':
        return { type: 'bytes', value: new Uint8Array(value.value) }
      default:
        return value
    }
  }

  function element(value: Term): schema.WireElement {
    const written = term(value)
    if (written.type === 'set' || written.type === 'variable') throw new TypeError(`a set has no ${written.type}`)
    return written
  }

  function op(one: Op): schema.WireOp {
    switch (one.type) {
      case 'value':
        return { type: 'value', value: term(one.term) }
      case 'closure':
        if (one.params > 0) throw new TypeError('a closure of the profile has no parameters')
        return { type: 'closure', value: { params: [], ops: one.ops.map(op) } }
      default:
        return { type: one.type, value: { kind: one.kind, ffiName: undefined } } as schema.WireOp
    }
  }

  const expression = (ops: Expression) => ({ ops: ops.map(op) })

  function scope(one: Scope): schema.WireScope {
    if (one.type === 'key') return { type: 'publicKey', value: table.indexOfKey(one.publicKey) }
    return { type: 'scopeType', value: one.type }
  }

  // Numbers are given in the order of writing, and a query is written in this order.
  function rule({ head, body, expressions, scopes }: Rule): schema.WireRule {
    return {
      head: predicate(head),
      body: body.map(predicate),
      expressions: expressions.map(expression),
      scope: scopes.map(scope),
    }
  }

  return { predicate, rule, scope }
}

function within(value: bigint, least: bigint, end: bigint): bigint {
  if (value < least || value >= end) throw new TypeError('an integer or a date must fit in 64 bits')
  return value
}

function wireKey(text: string): schema.WirePublicKey {
  const { algorithm, bytes } = parsePublicKey(text, 'trusting')
  return { algorithm, key: bytes }
}
