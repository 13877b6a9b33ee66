import { resolve } from 'node:path'
import type { Evaluation, MintRequest, Right } from '@writ/engine'
import { EXIT } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'
import { collectPair } from '../../input/read-pairs.ts'
import { type PolicyFiles, readPolicy, withPolicyFiles } from '../../input/read-policy.ts'
import { registerPolicyPut } from './policy-put.ts'
import { registerPolicyTest } from './policy-test.ts'

interface DiffOptions extends PolicyFiles {
  readonly to: string
}

interface EvalOptions extends PolicyFiles {
  readonly subject: string
  readonly target: string
  readonly operation: string
  readonly designation?: Readonly<Record<string, string>>
  readonly anchor?: string
}

/** `writ policy` */
export const registerPolicy: Register = (program, define) => {
  const policy = program.command('policy').description('check, compare, draw and try a policy before it goes live')
  const withFiles = (name: string, description: string) =>
    withPolicyFiles(policy.command(name)).description(description)

  define(
    withFiles('lint', 'find faults, and grants that can never be used').addHelpText(
      'after',
      '\nExample:\n  writ policy lint -p policy.toml --schema schema.toml',
    ),
    lint,
  )
  define(
    withFiles('diff', 'who gains and who loses what, from one policy to another')
      .requiredOption('--to <path>', 'the other policy')
      .addHelpText('after', '\nExample:\n  writ policy diff -p policy.toml --to next.toml'),
    diff,
  )
  define(
    withFiles('eval', 'what the engine would do: exit code 0 if it mints, 1 if a step refuses')
      .requiredOption('-s, --subject <name>', 'for whom: service:gateway')
      .requiredOption('-r, --target <name>', 'the resource: invoices')
      .requiredOption('-o, --operation <name>', 'what is to be done with it: read')
      .option('-d, --designation <label=value>', 'names the object; may be repeated', collectPair)
      .option('-a, --anchor <service>', 'the service that is to accept it')
      .addHelpText('after', '\nExample:\n  writ policy eval -s service:gateway -r invoices -o read -d tenantId=acme'),
    evaluate,
  )
  define(
    withFiles('graph', 'a Mermaid chart of who may have what').addHelpText(
      'after',
      '\nExample:\n  writ policy graph > policy.mmd',
    ),
    graph,
  )
  registerPolicyTest(policy, define)
  registerPolicyPut(policy, define)
}

const lint: Action<PolicyFiles> = async (io, options) => {
  const { lintPolicy } = await import('@writ/engine')
  const { policy, schema } = await readPolicy(io, options)
  const findings = await lintPolicy(policy, schema)
  const text = findings.map(({ rule, object, message }) => `${object ?? 'policy'}: ${message} (${rule})`).join('\n')
  const exitCode = findings.length === 0 ? EXIT.done : EXIT.refused
  return { text: text === '' ? `${policy.objects.length} objects, nothing found` : text, json: { findings }, exitCode }
}

const diff: Action<DiffOptions> = async (io, options) => {
  const { diffPolicy, loadPolicy } = await import('@writ/engine')
  const { policy } = await readPolicy(io, options)
  const found = await diffPolicy(policy, await loadPolicy(resolve(io.folder, options.to)))
  const lines = found.subjects.flatMap(({ subject, gains, loses }) => [
    ...gains.map((right) => `+ ${subject}: ${describeRight(right)}`),
    ...loses.map((right) => `- ${subject}: ${describeRight(right)}`),
  ])
  if (found.exposureRules) lines.push('~ exposure rules')
  lines.push(...found.classifications.map((target) => `~ classification of ${target}`))
  return { text: lines.length === 0 ? 'nobody gains or loses anything' : lines.join('\n'), json: found }
}

function describeRight({ operation, target }: Right): string {
  return `${operation} ${target}`
}

const evaluate: Action<EvalOptions> = async (io, options) => {
  const { generateKeyPair } = await import('@writ/core')
  const { createEngine } = await import('@writ/engine')
  const { subject, target, operation, designation: designations, anchor } = options
  const engine = createEngine({ ...(await readPolicy(io, options)), keys: await generateKeyPair(), now: io.now })
  const found = await engine.evaluate({ subject, target, operation, designations, anchor } satisfies MintRequest)
  return { ...describeEvaluation(found), exitCode: found.allowed ? EXIT.done : EXIT.refused }
}

function describeEvaluation(found: Evaluation): { readonly text: string; readonly json: unknown } {
  if (found.allowed) {
    const { minted } = found
    return { text: `allowed until ${new Date(minted.expiresAt * 1000).toISOString()}`, json: found }
  }
  const { step, code, reason } = found.error
  return { text: `refused by step ${step}: ${code}: ${reason}`, json: { allowed: false, step, code, reason } }
}

const graph: Action<PolicyFiles> = async (io, options) => {
  const { graphPolicy } = await import('@writ/engine')
  const chart = await graphPolicy((await readPolicy(io, options)).policy)
  return { text: chart, json: { chart } }
}
