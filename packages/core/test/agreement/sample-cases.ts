import type { Verdict } from '../support/samples/samples.ts'

/** One validation of one sample, the reader's verdict, and why it is not the documented one, if it is not. */
export interface SampleCase {
  readonly sample: string
  readonly validation: string
  readonly verdict: Verdict
  readonly reason: string | undefined
}

type Row = readonly [sample: string, validation: string, verdict: Verdict, reason?: string]

const ROWS: readonly Row[] = [
  ['test001_basic', '', 'refused: check 0 of block 1'],
  ['test002_different_root_key', '', 'refused: invalid_signature'],
  ['test003_invalid_signature_format', '', 'refused: malformed_token'],
  [
    'test004_random_block',
    '',
    'refused: malformed_token',
    'documented as an invalid signature; the random bytes are no block, which is seen before any signature is checked',
  ],
  ['test005_invalid_signature', '', 'refused: invalid_signature'],
  ['test006_reordered_blocks', '', 'refused: invalid_signature'],
  ['test007_scoped_rules', '', 'refused: unsupported_block', 'rules'],
  ['test008_scoped_checks', '', 'refused: check 0 of block 1'],
  ['test009_expired_token', '', 'refused: check 1 of block 1'],
  ['test010_authorizer_scope', '', 'refused: check 0 of the authorizer'],
  ['test011_authorizer_authority_caveats', '', 'refused: check 0 of the authorizer'],
  ['test012_authority_caveats', 'file1', 'accepted'],
  ['test012_authority_caveats', 'file2', 'refused: check 0 of block 0'],
  ['test013_block_rules', 'file1', 'refused: unsupported_block', 'rules'],
  ['test013_block_rules', 'file2', 'refused: unsupported_block', 'rules'],
  ['test014_regex_constraint', 'file1', 'refused: unsupported_block', 'regular expressions'],
  ['test014_regex_constraint', 'file123', 'refused: unsupported_block', 'regular expressions'],
  ['test015_multi_queries_caveats', '', 'accepted'],
  ['test016_caveat_head_name', '', 'refused: check 0 of block 0'],
  ['test017_expressions', '', 'refused: unsupported_block', 'regular expressions'],
  ['test018_unbound_variables_in_rule', '', 'refused: unsupported_block', 'rules'],
  ['test019_generating_ambient_from_variables', '', 'refused: unsupported_block', 'rules'],
  ['test020_sealed', '', 'accepted'],
  ['test021_parsing', '', 'accepted'],
  ['test022_default_symbols', '', 'accepted'],
  ['test023_execution_scope', '', 'refused: check 1 of block 2'],
  ['test024_third_party', '', 'accepted'],
  ['test025_check_all', 'A, B', 'accepted'],
  ['test025_check_all', 'A, invalid', 'refused: check 0 of block 0'],
  ['test025_check_all', 'no matches', 'refused: check 0 of block 0'],
  ['test026_public_keys_interning', '', 'refused: unsupported_block', 'rules'],
  ['test027_integer_wraparound', '', 'refused: an expression fails'],
  ['test028_expressions_v4', '', 'accepted'],
  ['test029_reject_if', '', 'accepted'],
  ['test029_reject_if', 'rejection', 'refused: check 0 of block 0'],
  ['test030_null', '', 'accepted'],
  ['test030_null', 'rejection1', 'refused: check 0 of block 0, check 1 of block 0'],
  ['test030_null', 'rejection2', 'refused: check 0 of block 0, check 1 of block 0'],
  ['test030_null', 'rejection3', 'refused: check 0 of block 0, check 1 of block 0'],
  ['test031_heterogeneous_equal', '', 'accepted'],
  [
    'test031_heterogeneous_equal',
    'evaluate to false',
    'refused: check 0 of the authorizer, check 19 of block 0, check 20 of block 0',
  ],
  ['test032_laziness_closures', '', 'refused: unsupported_block', 'closures with parameters, `any`, `all`'],
  ['test032_laziness_closures', 'shadowing', 'refused: unsupported_block', 'closures with parameters, `any`, `all`'],
  ['test033_typeof', '', 'refused: unsupported_block', 'arrays, maps'],
  [
    'test034_array_map',
    '',
    'refused: unsupported_block',
    'closures with parameters, `any`, `all`, arrays, maps, `get`',
  ],
  ['test035_ffi', '', 'refused: unsupported_block', 'foreign functions'],
  ['test036_secp256r1', '', 'accepted'],
  ['test037_secp256r1_third_party', '', 'accepted'],
  ['test038_try_op', '', 'refused: unsupported_block', '`try_or`'],
  ['test038_try_op', 'right-hand side does not catch errors', 'refused: unsupported_block', '`try_or`'],
]

export const SAMPLE_CASES: readonly SampleCase[] = ROWS.map(([sample, validation, verdict, reason]) => ({
  sample,
  validation,
  verdict,
  reason,
}))

/** The samples outside the profile, without rules, of which some checks are inside: how many; the rest is taken out for the test. */
export const CHECKS_INSIDE: ReadonlyMap<string, number> = new Map([
  ['test017_expressions', 38],
  ['test032_laziness_closures', 5],
  ['test033_typeof', 14],
])
