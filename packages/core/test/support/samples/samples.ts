import { readFileSync } from 'node:fs'
import { VERIFIER } from '../../../src/internal/evaluate/world.ts'

/** What came of a sample, or should have, in the words of the table in `docs/internals/verification.md`. */
export type Verdict = 'accepted' | `refused: ${string}`

export const EXPRESSION_FAILED: Verdict = 'refused: an expression fails'

export function checksFailed(places: readonly { readonly block: number; readonly index: number }[]): Verdict {
  const named = places.map(({ block, index }) => {
    return `check ${index} of ${block === VERIFIER ? 'the authorizer' : `block ${block}`}`
  })
  return `refused: ${named.join(', ')}`
}

type FailedCheck =
  | { readonly Authorizer: { readonly check_id: number } }
  | { readonly Block: { readonly block_id: number; readonly check_id: number } }

export type DocumentedResult =
  | { readonly Ok: number }
  | {
      readonly Err:
        | { readonly Format: { readonly Signature: unknown } | { readonly BlockSignatureDeserializationError: string } }
        | { readonly FailedLogic: { readonly Unauthorized: { readonly checks: readonly FailedCheck[] } } }
        | { readonly FailedLogic: { readonly InvalidBlockRule: unknown } }
        | { readonly Execution: string }
    }

export interface Validation {
  readonly authorizer_code: string
  readonly result: DocumentedResult
  readonly revocation_ids: readonly string[]
}

export interface DocumentedBlock {
  readonly code: string
  readonly version: number
  readonly external_key: string | null
}

export interface Sample {
  readonly title: string
  /** The file's name without `.bc`. */
  readonly name: string
  /** URL-safe base64. */
  readonly text: string
  readonly blocks: readonly DocumentedBlock[]
  readonly validations: ReadonlyMap<string, Validation>
}

const folder = new URL('../../samples/', import.meta.url)
const documented: {
  readonly root_public_key: string
  readonly testcases: readonly {
    readonly title: string
    readonly filename: string
    readonly token: readonly DocumentedBlock[]
    readonly validations: Readonly<Record<string, Validation>>
  }[]
} = JSON.parse(readFileSync(new URL('samples.json', folder), 'utf8'))

/** Signs every sample but the one that is signed by another key. */
export const SAMPLE_ROOT: string = `ed25519/${documented.root_public_key}`

export const SAMPLES: readonly Sample[] = documented.testcases.map(({ title, filename, token, validations }) => ({
  title,
  name: filename.replace(/\.bc$/, ''),
  text: readFileSync(new URL(filename, folder)).toString('base64url'),
  blocks: token,
  validations: new Map(Object.entries(validations)),
}))

export function documentedVerdict(result: DocumentedResult): Verdict {
  if ('Ok' in result) return 'accepted'
  const { Err: error } = result
  if ('Execution' in error) return EXPRESSION_FAILED
  if ('Format' in error) {
    return 'Signature' in error.Format ? 'refused: invalid_signature' : 'refused: malformed_token'
  }
  if ('InvalidBlockRule' in error.FailedLogic) return 'refused: an invalid rule'
  return checksFailed(
    error.FailedLogic.Unauthorized.checks.map((check) =>
      'Authorizer' in check
        ? { block: VERIFIER, index: check.Authorizer.check_id }
        : { block: check.Block.block_id, index: check.Block.check_id },
    ),
  )
}

/** How what the profile leaves out shows in the documented source; the only array and map facts have those names. */
const OUTSIDE: readonly (readonly [feature: string, pattern: RegExp])[] = [
  ['rules', /<-/],
  ['regular expressions', /\.matches\(/],
  ['closures with parameters', /->/],
  ['`any`, `all`', /\.(?:any|all)\(/],
  ['arrays', /\[|\barray\(/],
  ['maps', /: |\bmap\(/],
  ['`get`', /\.get\(/],
  ['foreign functions', /\.extern::/],
  ['`try_or`', /\.try_or\(/],
]

/** What of Datalog source is outside the profile. */
export function outsideOf(source: string): readonly string[] {
  const withoutStrings = source.replaceAll(/"[^"]*"/g, '""')
  return OUTSIDE.filter(([, pattern]) => pattern.test(withoutStrings)).map(([feature]) => feature)
}

export function sourceOf({ blocks }: Sample): string {
  return blocks.map(({ code }) => code).join('\n')
}

/** The statements of documented source: one a line. */
export function statementsOf(source: string): readonly string[] {
  return source.split('\n').filter((line) => line !== '')
}

export function isCheck(statement: string): boolean {
  return /^(?:check|reject) /.test(statement)
}
