// Which files are mutated, and which tests are run against them: the fast ones. What takes seconds in every run (the comparison
// with the reference implementation, the narrowing properties) would kill some more, and take hours; what measures time would
// kill by chance.

/** What writes tokens and converts keys is no part of the reader. */
const WRITERS = [
  'src/{capability,identity,context,keys}/{mint,attenuate,delegate,fork,compact,add,exclude,present,generate,import,export}*.ts',
  'src/internal/write/*.ts',
  'src/internal/base/duration.ts',
  'src/capability/internal/capability-block.ts',
  'src/identity/internal/identity-block.ts',
  'src/context/internal/{check-new-exposures,write-context}.ts',
  'src/keys/internal/{der,jwk,pem,spki-pkcs8,p256-point}.ts',
]

/** `sources`: sibling packages that the tests are to load from their source, so that they meet the mutants. */
export const SETS = {
  reader: {
    folder: 'packages/core',
    tests: [
      'test/decoding',
      'test/base64url',
      'test/wire',
      'test/near-misses',
      'test/edges',
      'test/boundaries',
      'test/work',
      'test/operators',
      'test/values',
      'test/designations',
      'test/kinds',
      'test/profile',
      'test/proof',
      'test/revocation',
      'test/verifier',
      'test/identity',
      'test/identity-copies',
      'test/identity-names',
      'test/samples',
      'test/keys',
      'test/context',
      'test/context-labels',
      'test/context-attacks',
      'test/context-rewrite',
    ],
    files: [
      'src/**/*.ts',
      '!src/{index,verify}.ts',
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
