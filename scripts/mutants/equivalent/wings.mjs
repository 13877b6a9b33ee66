// Survivors in the kinds of tokens that no test can kill.

/** @type {readonly import('../equivalent.mjs').Equivalent[]} */
export const WINGS = [
  {
    file: 'packages/core/src/capability/internal/bound-designations.ts',
    change: 'binding.value === value -> true',
    why: 'a token that binds another value of that label has refused the request before',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change:
      '{ if (one.size !== other.size) return false for (const [label, value] of one) if (other.get(label) !== value) return false return true } -> {}',
    why: 'a memo: without it the designations are collected again',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'one.size !== other.size -> false',
    why: 'a request that has met every check names all that the token binds: with as many labels it names the same ones',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'one.size !== other.size -> one.size === other.size',
    why: 'a memo: without it the designations are collected again',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'other.get(label) !== value -> false',
    why: 'a request that has met every check names all that the token binds: with as many labels it names the same ones',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'other.get(label) !== value -> other.get(label) === value',
    why: 'a memo: without it the designations are collected again',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'true -> false',
    why: 'a memo: without it the designations are collected again',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'false -> true',
    why: 'a request that has met every check names all that the token binds: with as many labels it names the same ones',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'allowUndesignated === false && last !== undefined && isSame(requested, last.requested) -> false',
    why: 'a memo: without it the designations are collected again',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'allowUndesignated === false -> false',
    why: 'a memo: without it the designations are collected again',
  },
  {
    file: 'packages/core/src/create-revocation-list.ts',
    change: "typeof id !== 'string' -> false",
    why: 'a value of another type has no even length, or is not hex as a string',
  },
  {
    file: 'packages/core/src/inspect.ts',
    change: '{ return undefined } -> {}',
    why: 'no result is `undefined`',
  },
  {
    file: 'packages/core/src/identity/internal/name-check.ts',
    change: 'blocks[block]?.content -> blocks[block].content',
    why: 'the index is one of the blocks',
  },
  {
    file: 'packages/core/src/keys/internal/keys.ts',
    change: 'slash === -1 -> false',
    why: 'a text without a slash is refused two lines below',
  },
  {
    file: 'packages/core/src/keys/internal/keys.ts',
    change: '-1 -> +1',
    why: 'a text without a slash is refused two lines below',
  },
  {
    file: 'packages/core/src/context/internal/restrictions.ts',
    change:
      'check.queries.some(({ scopes }) => scopes.length > 0) -> check.queries.every(({ scopes }) => scopes.length > 0)',
    why: 'a check of several queries, or of none, is not known anyway',
  },
  {
    file: 'packages/core/src/identity/internal/name-bounds.ts',
    change: '[] -> ["Stryker was here"]',
    why: 'a bound without a number of segments is below no name',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'one.size !== other.size -> true',
    why: 'a memo: what is not found is worked out again',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'other.get(label) !== value -> true',
    why: 'a memo: what is not found is worked out again',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'allowUndesignated === false -> true',
    why: 'in the lookup: what binds every label binds the same labels for a request that is less strict',
  },
  {
    file: 'packages/core/src/capability/internal/prove-capability.ts',
    change: 'allowUndesignated === false -> allowUndesignated !== false',
    why: 'in the lookup: as above, and otherwise a memo that is not used',
  },
  {
    file: 'packages/core/src/capability/internal/facet.ts',
    change: 'value === facet?.value -> true',
    why: 'of two pins that differ one is asserted, so that the check of the other fails, before a use is spent',
  },
  {
    file: 'packages/core/src/capability/internal/facet.ts',
    change: 'facet?.value -> facet.value',
    why: 'where there are others, there is a first',
  },
]
