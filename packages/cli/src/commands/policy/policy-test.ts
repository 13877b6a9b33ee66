import { printable } from '@writ/core'
import type { Engine } from '@writ/engine'
import type { Command } from 'commander'
import { EXIT, usageError } from '../../cli-error.ts'
import type { Action, Define } from '../../command.ts'
import { readFile } from '../../input/read-bounded.ts'
import { type PolicyFiles, readPolicy, withPolicyFiles } from '../../input/read-policy.ts'

const MAX_BYTES = 1_048_576
const ALLOWED = 'allowed'

interface Options extends PolicyFiles {
  readonly cases: string
}

/** One case of a file: what is asked, and what must come of it. */
interface Case {
  readonly subject: string
  readonly target: string
  readonly operation: string
  readonly designations?: Readonly<Record<string, string>> | undefined
  readonly anchor?: string | undefined
  /** `allowed`, `refused`, or the code of the refusal. */
  readonly expect: string
}

/** `writ policy test` */
export function registerPolicyTest(policy: Command, define: Define): void {
  const command = withPolicyFiles(policy.command('test'))
    .description('hold a policy against what is expected of it: exit code 1 if a case differs')
    .option('-c, --cases <file>', '[[cases]] with subject, target, operation, designations, expect', 'policy.test.toml')
    .addHelpText('after', '\nExample:\n  writ policy test -p policy.toml --schema schema.toml -c policy.test.toml')
  define(command, test)
}

const test: Action<Options> = async (io, options) => {
  const { generateKeyPair } = await import('@writ/core')
  const { createEngine } = await import('@writ/engine')
  const cases = await readCases(await readFile(io, options.cases, MAX_BYTES))
  const engine = createEngine({ ...(await readPolicy(io, options)), keys: await generateKeyPair(), now: io.now })
  const results = await Promise.all(cases.map(async (one) => ({ ...one, came: await tryCase(engine, one) })))
  const told = results.map(({ came, ...one }) => ({ ...one, came, holds: holds(one.expect, came) }))
  const failed = told.filter((one) => !one.holds)
  const lines = failed.map(
    ({ subject, operation, target, expect, came }) =>
      `${printable(subject)} ${printable(operation)} ${printable(target)}: expected ${printable(expect)}, and it is ${came}`,
  )
  const sum = `${told.length - failed.length} of ${told.length} cases hold`
  return {
    text: [...lines, sum].join('\n'),
    json: { cases: told },
    exitCode: failed.length === 0 ? EXIT.done : EXIT.refused,
  }
}

function holds(expected: string, came: string): boolean {
  return expected === came || (expected === 'refused' && came !== ALLOWED)
}

async function tryCase(engine: Engine, { expect: _, ...request }: Case): Promise<string> {
  const found = await engine.evaluate(request)
  return found.allowed ? ALLOWED : found.error.code
}

async function readCases(text: string): Promise<readonly Case[]> {
  const { parse } = await import('smol-toml')
  const v = await import('valibot')
  const name = v.pipe(v.string(), v.nonEmpty())
  const file = v.strictObject({
    cases: v.pipe(
      v.array(
        v.strictObject({
          subject: name,
          target: name,
          operation: name,
          designations: v.optional(v.record(name, v.string())),
          anchor: v.optional(name),
          expect: name,
        }),
      ),
      v.minLength(1),
    ),
  })
  let document: unknown
  try {
    document = parse(text)
  } catch (cause) {
    // Its message quotes the file.
    const { line } = cause as { readonly line?: number }
    throw usageError(`--cases: line ${line ?? '?'}: is not TOML`)
  }
  const { success, output, issues } = v.safeParse(file, document, { abortEarly: true })
  if (success) return output.cases
  throw usageError(`--cases: ${printable(v.getDotPath(issues[0]) ?? 'cases')}: ${wanted(issues[0].expected)}`)
}

function wanted(expected: string | null): string {
  return expected === 'never' ? 'unknown' : 'missing, empty or of the wrong type'
}
