import { type CapabilityErrorCode, createRevocationList, revocationIds } from '@writ/core'
import { AWKWARD_STRINGS } from '../awkward-strings.ts'
import fixtures from '../fixtures.json' with { type: 'json' }
import { type Case, READ, READ_ACME, refused, same, verify } from './support.ts'

const { keys, tokens } = fixtures
type KeyName = keyof typeof keys
type TokenName = keyof typeof tokens

const billing = { anchor: 'service:billing' }

function accepted(name: string, token: TokenName, request = READ, options = {}, key: KeyName = 'ed25519'): Case {
  return {
    name: `${name} is accepted`,
    run: async () => {
      const { subject, designations } = await verify(tokens[token], keys[key], request, options)
      same([subject, designations], ['alice', request.designations ?? {}])
    },
  }
}

function refusedAs(
  code: CapabilityErrorCode,
  name: string,
  token: TokenName,
  request = READ,
  key: KeyName = 'ed25519',
): Case {
  return {
    name: `${name} is refused`,
    run: async () => {
      await refused(verify(tokens[token], keys[key], request), code)
    },
  }
}

/** They only read, so they run where WebAssembly does not. */
export const readingCases: readonly Case[] = [
  accepted('a ready-made token', 'ed25519'),
  accepted('a ready-made P-256 token', 'secp256r1', READ, {}, 'secp256r1'),
  accepted('a ready-made token of two blocks', 'ed25519Narrow', READ_ACME, billing),
  accepted('a ready-made P-256 token of two blocks', 'secp256r1Narrow', READ_ACME, billing, 'secp256r1'),
  accepted('a sealed token', 'ed25519Sealed', READ_ACME, billing),
  accepted('a sealed P-256 token', 'secp256r1Sealed', READ_ACME, billing, 'secp256r1'),
  accepted("a third party's word under Ed25519", 'ed25519ThirdParty', READ_ACME),
  accepted("a third party's word under P-256", 'secp256r1ThirdParty', READ_ACME),
  accepted('an activated token', 'activated'),
  accepted('a chain of signatures over both curves', 'mixedCurves', READ_ACME, billing),
  accepted('64-bit arithmetic, and text counted in UTF-8', 'expressions'),
  {
    name: 'a ready-made token of awkward strings is read exactly',
    run: async () => {
      const designations = Object.fromEntries(AWKWARD_STRINGS.map((text, index) => [`label${index}`, text]))
      const capability = await verify(tokens.strings, keys.ed25519, { ...READ, designations })
      same([capability.subject, capability.designations], [AWKWARD_STRINGS.join(''), designations])
    },
  },
  {
    name: 'a string of 10,000 characters is read by a verifier with a higher limit',
    run: async () => {
      const raised = await verify(tokens.longString, keys.ed25519, READ, { limits: { stringBytes: 10_000 } })
      same(raised.subject, 'x'.repeat(10_000))
      await refused(verify(tokens.longString, keys.ed25519), 'limits_exceeded', 'malformed_token')
    },
  },
  {
    name: 'the largest root key id is read',
    run: async () => {
      same((await verify(tokens.rootKeyId, new Map([[4_294_967_295, keys.ed25519]]))).rootKeyId, 4_294_967_295)
      await refused(verify(tokens.rootKeyId, new Map([[0, keys.ed25519]])), 'untrusted_key', 'invalid_signature')
    },
  },
  {
    name: 'a revoked P-256 token cannot escape by re-encoding its signature',
    run: async () => {
      const [low, high] = [tokens.secp256r1Low, tokens.secp256r1High]
      for (const [revoked = ''] of [revocationIds(low), revocationIds(high)]) {
        const revocation = createRevocationList([revoked])
        await refused(verify(low, keys.secp256r1, READ, { revocation }), 'revoked')
        await refused(verify(high, keys.secp256r1, READ, { revocation }), 'revoked')
      }
      const spared = { revocation: createRevocationList(revocationIds(tokens.secp256r1)) }
      await verify(low, keys.secp256r1, READ, spared)
      await verify(high, keys.secp256r1, READ, spared)
    },
  },
  {
    name: 'an Ed25519 key off the curve verifies nothing',
    run: async () => {
      await refused(verify(tokens.ed25519, keys.noPoint), 'invalid_signature')
      await refused(verify(tokens.weakSignature, keys.noPoint), 'invalid_signature')
      await refused(verify(tokens.noPointAsNextKey, keys.ed25519, READ_ACME, billing), 'invalid_signature')
    },
  },
  refusedAs('invalid_signature', 'a token whose last block was cut off', 'cut'),
  refusedAs('invalid_signature', 'a P-256 token whose last block was cut off', 'cutSecp256r1', READ, 'secp256r1'),
  refusedAs('invalid_signature', 'a sealed token whose last block was cut off', 'cutSeal'),
  refusedAs('invalid_signature', "a word in a third party's name", 'otherThirdParty', READ_ACME),
  refusedAs('invalid_signature', "a word in a third party's name under P-256", 'otherThirdPartySecp256r1', READ_ACME),
  refusedAs('invalid_signature', 'an Ed25519 signature that is not reduced', 'unreducedSignature'),
  refusedAs('invalid_signature', 'the signature that the identity point would accept', 'weakSignature'),
  refusedAs('malformed_token', 'the identity point as the next key', 'weakNextKey'),
  refusedAs('malformed_token', "the identity point as a third party's key", 'weakThirdParty'),
  refusedAs(
    'invalid_signature',
    'an authority block whose signature has the neutral element for R',
    'neutralRAuthority',
  ),
  {
    name: "a holder's block whose signature has the neutral element for R is refused",
    run: async () => {
      await refused(verify(tokens.neutralRHolder, keys.ed25519, READ_ACME, billing), 'invalid_signature')
    },
  },
  refusedAs('invalid_signature', "a third party's signature that has the neutral element for R", 'neutralRThirdParty'),
  refusedAs('invalid_signature', 'a seal that has the neutral element for R', 'neutralRSeal'),
  refusedAs('malformed_token', 'a token that traps the WebAssembly library', 'trap'),
  refusedAs('wrong_kind', 'an identity in place of a capability', 'identityToken'),
  refusedAs('unsupported_block', 'a token without an end', 'endless'),
  refusedAs('unsupported_block', 'a token with a pattern', 'pattern'),
  refusedAs('check_failed', 'a check of what nobody says', 'approval'),
  refusedAs('check_failed', 'a sum beyond 64 bits', 'overflow'),
  refusedAs('not_activated', 'a token that waits for its activator', 'latent'),
  refusedAs('already_used', 'a token pinned to a single use', 'pinned'),
]
