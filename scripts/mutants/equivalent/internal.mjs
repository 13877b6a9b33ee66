// Survivors in the engine that all kinds of tokens share that no test can kill.

/** @type {readonly import('../equivalent.mjs').Equivalent[]} */
export const INTERNAL = [
  {
    file: 'packages/core/src/internal/read/admit-token.ts',
    change: 'timeWithin(admitted.end, reader) -> ;',
    why: 'of a token that is authenticated already: its checks are judged next, at the same time, with the same code',
  },
  {
    file: 'packages/core/src/internal/read/admit-token.ts',
    change: 'text.length > reader.limits.textLength -> true',
    why: 'a memo: a text that is not looked for is read again',
  },
  {
    file: 'packages/core/src/internal/read/admit-token.ts',
    change: 'text.length > reader.limits.textLength -> false',
    why: 'a longer text is in no cache, and is only hashed for nothing',
  },
  {
    file: 'packages/core/src/internal/read/admit-token.ts',
    change: 'text.length > reader.limits.textLength -> text.length >= reader.limits.textLength',
    why: 'a memo: a text that is not looked for is read again',
  },
  {
    file: 'packages/core/src/internal/read/admit-token.ts',
    change: 'text.length > reader.limits.textLength -> text.length <= reader.limits.textLength',
    why: 'a memo: a text that is not looked for is read again',
  },
  {
    file: 'packages/core/src/internal/read/admit-token.ts',
    change:
      'found !== undefined && (yield* reader.roots(found.token.rootKeyId)).publicKey.text === found.root.text -> false',
    why: 'a memo: a text that is not looked for is read again',
  },
  {
    file: 'packages/core/src/internal/read/admit-token.ts',
    change: 'known === undefined -> true',
    why: 'what is known is remembered again',
  },
  {
    file: 'packages/core/src/internal/read/authenticate-token.ts',
    change: 'start?.blocks -> start.blocks',
    why: 'it is asked for only where `start` is there',
  },
  {
    file: 'packages/core/src/internal/base/bytes.ts',
    change: 'index < a.length -> index <= a.length',
    why: 'past the end both are undefined, and so equal',
  },
  {
    file: 'packages/core/src/internal/base/clock.ts',
    change: "typeof seconds !== 'number' -> false",
    why: 'a value of another type is not finite',
  },
  {
    file: 'packages/core/src/internal/signature/verify-signatures.ts',
    change: 'previous === undefined -> false',
    why: 'an external signature on the authority block was refused when the token was decoded',
  },
  {
    file: 'packages/core/src/internal/signature/verify-signatures.ts',
    change: '{ return false } -> {}',
    why: 'no result is as good as `false`: the secret is not proven',
  },
  {
    file: 'packages/core/src/internal/signature/verify-signatures.ts',
    change: 'false -> true',
    why: '`invalid_signature` has the same public code, proven or not',
  },
  {
    file: 'packages/core/src/internal/signature/verify-signatures.ts',
    change: 'secret.length !== 32 -> false',
    why: 'the platform and the curve library refuse a secret of another length as well',
  },
  {
    file: 'packages/core/src/internal/signature/root-keys.ts',
    change: 'false -> true',
    why: '`unavailable` has the same public code, proven or not',
  },
  {
    file: 'packages/core/src/internal/signature/root-keys.ts',
    change: 'known !== undefined -> false',
    why: 'a cache of imported keys: without it, or with another size, the answers are the same',
  },
  {
    file: 'packages/core/src/internal/signature/verify-signature.ts',
    change: 'false -> true',
    why: 'this platform reads compressed points itself (others do not), and whether it lets a public key out again changes no verdict',
  },
  {
    file: 'packages/core/src/internal/evaluate/facts.ts',
    change: 'authority !== undefined -> true',
    why: 'a token has an authority block',
  },
  {
    file: 'packages/core/src/internal/rules/kind.ts',
    change: 'candidates[0]?.[key] -> candidates[0][key]',
    why: 'the candidates are never none here',
  },
  {
    file: 'packages/core/src/internal/rules/revocation.ts',
    change: 'blocks[index - 1]?.nextKey -> blocks[index - 1].nextKey',
    why: 'a block after the first has one before it',
  },
  {
    file: 'packages/core/src/internal/rules/revocation.ts',
    change: 'signer?.algorithm -> signer.algorithm',
    why: 'a block after the first has one before it',
  },
  {
    file: 'packages/core/src/internal/evaluate/check.ts',
    change: 'known !== undefined -> false',
    why: 'a cache of resolved scopes: without it the answers are the same',
  },
  {
    file: 'packages/core/src/internal/evaluate/check.ts',
    change: 'blocks[block]?.content -> blocks[block].content',
    why: 'a check stands in a block that exists',
  },
  {
    file: 'packages/core/src/internal/evaluate/match.ts',
    change: 'outcome.denied++ -> outcome.denied--',
    why: 'it is only asked whether it is zero',
  },
  {
    file: 'packages/core/src/internal/evaluate/match.ts',
    change: "wanted.type === 'variable' -> true",
    why: 'only a variable can be unbound',
  },
  {
    file: 'packages/core/src/internal/evaluate/world.ts',
    change: 'blocks[index]?.external -> blocks[index].external',
    why: 'the index is one of the blocks',
  },
  {
    file: 'packages/core/src/internal/base/printable.ts',
    change: 'character.codePointAt(0)?.toString -> character.codePointAt(0).toString',
    why: 'what the expression has found has a first character',
  },
  {
    file: 'packages/core/src/internal/base/printable.ts',
    change: 'value .slice(0, MAX_LENGTH) -> value',
    why: 'it bounds the work; the result is cut as well',
  },
  {
    file: 'packages/core/src/internal/token/datalog.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a mutant
    change: "case 'set': return `set ${JSON.stringify([...term.elements.keys()].sort())}` -> case 'set':",
    why: 'no set is a member of a set, and null, array and map are one term each: within a set of one type their key tells nothing',
  },
  {
    file: 'packages/core/src/internal/token/datalog.ts',
    change: '[...term.elements.keys()].sort() -> [...term.elements.keys()]',
    why: 'no set is a member of a set, and null, array and map are one term each: within a set of one type their key tells nothing',
  },
  {
    file: 'packages/core/src/internal/token/datalog.ts',
    change: '[...term.elements.keys()] -> []',
    why: 'no set is a member of a set, and null, array and map are one term each: within a set of one type their key tells nothing',
  },
  {
    file: 'packages/core/src/internal/token/datalog.ts',
    change: 'default: return term.type -> default:',
    why: 'no set is a member of a set, and null, array and map are one term each: within a set of one type their key tells nothing',
  },
  {
    file: 'packages/core/src/internal/token/decode-block.ts',
    change: "case 'map': return { type: wire.type } -> case 'map':",
    why: 'the profile refuses every map by its type',
  },
  {
    file: 'packages/core/src/internal/token/decode-block.ts',
    change: 'first?.type -> first.type',
    why: 'a set that has a member has a first one',
  },
  {
    file: 'packages/core/src/internal/token/feature-version.ts',
    change: 'version < MIN_VERSION -> false',
    why: 'the version that is needed is at least that one',
  },
  {
    file: 'packages/core/src/internal/token/symbols.ts',
    change: 'index < 0n -> false',
    why: 'there is no key at a negative index',
  },
  {
    file: 'packages/core/src/internal/base/base64url.ts',
    change: 'index < ALPHABET.length -> index <= ALPHABET.length',
    why: 'the character after the last has no code, and stands nowhere',
  },
  {
    file: 'packages/core/src/internal/wire/wire.ts',
    change: 'index < 10 -> index <= 10',
    why: 'an eleventh byte that is not zero is past the 64th bit',
  },
  {
    file: 'packages/core/src/internal/rules/bindings.ts',
    change: 'stated !== undefined -> true',
    why: 'looks up what is then not used: a pair that no block states is not attested',
  },
  {
    file: 'packages/core/src/internal/rules/bindings.ts',
    change: 'trust?.has -> trust.has',
    why: 'trust is looked up wherever a block states the pair',
  },
  {
    file: 'packages/core/src/internal/rules/bindings.ts',
    change: 'demands.length <= 1 && first.length <= 1 -> false',
    why: 'a short cut: the intersection of one list of one pair is that list',
  },
  {
    file: 'packages/core/src/internal/rules/bindings.ts',
    change: 'demands.length <= 1 -> demands.length < 1',
    why: 'a short cut, as above',
  },
  {
    file: 'packages/core/src/internal/rules/bindings.ts',
    change: 'first.length <= 1 -> true',
    why: 'pairs that one list has twice are looked for by label, and the first is found',
  },
  {
    file: 'packages/core/src/internal/rules/bindings.ts',
    change: 'first.length <= 1 -> first.length < 1',
    why: 'a short cut, as above',
  },
  {
    file: 'packages/core/src/internal/rules/bindings.ts',
    change: 'first.length <= 1 -> first.length > 1',
    why: 'a short cut, as above',
  },
  {
    file: 'packages/core/src/internal/rules/bindings.ts',
    change: '[] -> ["Stryker was here"]',
    why: 'a check without queries never holds, so nothing asks what it binds',
  },
  {
    file: 'packages/core/src/internal/rules/expiry.ts',
    change: 'query === undefined -> false',
    why: 'without a query there is no end either',
  },
  {
    file: 'packages/core/src/internal/rules/expiry.ts',
    change: 'times.length === 0 -> false',
    why: 'a short cut: no fact is seen',
  },
  {
    file: 'packages/core/src/internal/token/match-query.ts',
    change: "op.type === 'closure' -> true",
    why: 'only a closure has a number of parameters',
  },
  {
    file: 'packages/core/src/internal/token/match-query.ts',
    change: 'wanted[index]?.[0] -> wanted[index][0]',
    why: 'the two lists are equally long',
  },
  {
    file: 'packages/core/src/internal/token/match-query.ts',
    change: "b.type === 'variable' -> true",
    why: 'no other term has a name',
  },
  {
    file: 'packages/core/src/internal/read/judge-token.ts',
    change: '[] -> ["Stryker was here"]',
    why: 'no check asks about a predicate of that name',
  },
  {
    file: 'packages/core/src/internal/rules/assert-checks.ts',
    change: '[] -> ["Stryker was here"]',
    why: 'no check asks about a predicate of that name',
  },
  {
    file: 'packages/core/src/internal/rules/assert-checks.ts',
    change: 'token.keyed.length > 0 -> true',
    why: 'without such checks there is nothing to go through',
  },
  {
    file: 'packages/core/src/internal/rules/assert-checks.ts',
    change: 'token.keyed.length > 0 -> token.keyed.length >= 0',
    why: 'without such checks there is nothing to go through',
  },
  {
    file: 'packages/core/src/internal/rules/revocation.ts',
    change: 'twins.length === 0 -> false',
    why: 'a copy of the same ids',
  },
  {
    file: 'packages/core/src/internal/rules/anchor.ts',
    change: 'value === anchor.name -> true',
    why: 'a check that binds another anchor has failed before',
  },
  {
    file: 'packages/core/src/internal/rules/failed-check.ts',
    change: '[] -> ["Stryker was here"]',
    why: 'its second member is not there either',
  },
  {
    file: 'packages/core/src/internal/read/reader.ts',
    change: 'true -> false',
    why: 'the names of options are what counts',
  },
  {
    file: 'packages/core/src/internal/rules/asked-pair.ts',
    change: 'isString(label) && isString(value) -> isString(label) || isString(value)',
    why: 'the pattern captures two strings, or nothing',
  },
]
