import type { Command } from 'commander'
import type { Action, Define } from '../../command.ts'
import { readFile } from '../../input/read-bounded.ts'
import { type PolicyFiles, schemaFileOf, withPolicyFiles } from '../../input/read-policy.ts'
import { askAdministrator } from '../../session/ask-administrator.ts'

const MAX_BYTES = 1_048_576
const PATH = '/v1/policy'

/** A version, as the authority answers it. */
interface Version {
  readonly version: number
  readonly etag: string
  readonly diff: { readonly subjects: readonly unknown[] } | null
}

/** `writ policy put` */
export function registerPolicyPut(policy: Command, define: Define): void {
  const command = withPolicyFiles(policy.command('put'))
    .description('put a policy in force at the authority of the login, at once. Without a schema that in force stays')
    .addHelpText('after', '\nExample:\n  writ policy put -p policy.toml --schema schema.toml')
  define(command, put)
}

const put: Action<PolicyFiles> = async (io, files) => {
  const target = 'authority.policy'
  const file = await schemaFileOf(io, files)
  const body = {
    policy: await readFile(io, files.policy, MAX_BYTES),
    ...(file !== undefined && { schema: await readFile(io, file, MAX_BYTES) }),
  }
  const { etag } = (await askAdministrator(io, PATH, { target, operation: 'read' })) as Version
  // Whoever is faster wins: the other one hears of it.
  const headers = { 'if-match': `"${etag}"` }
  const right = { target, operation: 'write' }
  const answer = (await askAdministrator(io, PATH, right, { method: 'PUT', body, headers })) as Version
  const { version, diff } = answer
  const changed =
    answer.etag === etag ? 'it was in force before' : `${diff?.subjects.length ?? 0} subjects gain or lose something`
  return { text: `version ${version} is in force: ${changed}`, json: answer }
}
