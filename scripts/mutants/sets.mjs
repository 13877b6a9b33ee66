// Which files are mutated, and which tests are run against them: the fast ones. What takes seconds in every run (the comparison
// with the reference implementation, the narrowing properties) would kill some more, and take hours; what measures time would
// kill by chance.

/** What writes tokens and converts keys is no part of the reader. */
const WRITERS = [
  'src/{capability,identity,context,keys}/{mint,attenuate,delegate,fork,compact,add,exclude,present,generate,import,export}*.ts',
  'src/internal/write/*.ts',
  'src/internal/base/duration.ts',
  'src/capability/internal/capability-block.ts',
  'src/{capability,identity}/internal/named-requests.ts',
  'src/identity/internal/{identity-block,open-identity}.ts',
  'src/context/internal/{check-new-exposures,write-context}.ts',
  'src/keys/internal/{der,jwk,pem,spki-pkcs8,public-key-of}.ts',
]

/** `sources`: sibling packages that the tests are to load from their source, so that they meet the mutants. */
export const SETS = {
  reader: {
    folder: 'packages/core',
    tests: [
      'test/internal/token/decoding',
      'test/internal/base/base64url',
      'test/internal/wire/wire',
      'test/internal/token/near-misses',
      'test/internal/token/edges',
      'test/internal/token/match-query',
      'test/internal/token/boundaries',
      'test/internal/evaluate/work',
      'test/internal/evaluate/operators',
      'test/internal/evaluate/compiled',
      'test/internal/base/values',
      'test/capability/designations',
      'test/capability/designations-attested',
      'test/internal/rules/kinds',
      'test/internal/rules/legacy',
      'test/internal/token/profile',
      'test/internal/token/profile-limits',
      'test/internal/signature/proof',
      'test/internal/read/cache',
      'test/internal/read/proof-cache',
      'test/internal/crypto/platforms',
      'test/capability/verify-sync',
      'test/revocation',
      'test/capability/verifier',
      'test/inspect',
      'test/identity/identity',
      'test/identity/revoked-names',
      'test/identity/identity-copies',
      'test/identity/identity-names',
      'test/identity/identity-names-read',
      'test/identity/identity-delegation',
      'test/identity/identity-delegation-limits',
      'test/agreement/samples',
      'test/keys/keys',
      'test/keys/importing-keys',
      'test/context/context',
      'test/context/context-labels',
      'test/context/context-attacks',
      'test/context/context-rewrite',
    ],
    files: [
      'src/**/*.ts',
      '!src/{index,hold,verify}.ts',
      '!src/set-biscuit-module.ts',
      '!src/internal/write/biscuit/**',
      ...WRITERS.map((path) => `!${path}`),
    ],
  },
  guard: {
    folder: 'packages/http',
    tests: [
      'test/find-token',
      'test/refusal',
      'test/requirement',
      'test/create-guard-engine',
      'test/bind-guard',
      'test/guard-edges',
      '../express/test/conformance',
    ],
    sources: ['http', 'express', 'testing'],
    files: ['src/**/*.ts', '!src/index.ts'],
  },
}
