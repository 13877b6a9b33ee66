// Which files are mutated, and which tests are run against them: the fast ones. What takes seconds in every run (the comparison
// with the reference implementation, the narrowing properties) would kill some more, and take hours; what measures time would
// kill by chance.

/** What writes tokens and converts keys is no part of the reader. */
const WRITERS = [
  'src/attenuate.ts',
  'src/delegate-identity.ts',
  'src/mint-{capability,context,identity}.ts',
  'src/{fork,compact}-context.ts',
  'src/{add-exposure,exclude-offline}.ts',
  'src/short-lived.ts',
  'src/generate-key-pair.ts',
  'src/{import,export}-*.ts',
  'src/internal/{assert-written,capability-block,duration,identity-block}.ts',
  'src/internal/context/{check-new-exposures,write-context}.ts',
  'src/internal/key-formats/*.ts',
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
      'test/create-guard',
      'test/build-guard',
      'test/guard-edges',
      '../express/test/conformance',
    ],
    sources: ['http', 'express', 'testing'],
    files: ['src/**/*.ts', '!src/index.ts'],
  },
}
