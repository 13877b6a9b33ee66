import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Schema } from '@writ/core'
import type { Policy } from '@writ/engine'
import type { Command } from 'commander'
import type { Io } from '../io.ts'

/** The files of a policy, as options name them. */
export interface PolicyFiles {
  readonly policy: string
  readonly schema?: string
}

/** Adds the options of {@link PolicyFiles}. */
export function withPolicyFiles(command: Command): Command {
  return command
    .option('-p, --policy <path>', 'a file, or a folder of files', 'policy.toml')
    .option('--schema <file>', 'what must be named, as TOML. Default: schema.toml beside the policy, if there is one')
}

/** The file of the schema: the one that is named, or that beside the policy. A policy without the schema that it has says too much. */
export async function schemaFileOf({ folder }: Pick<Io, 'folder'>, files: PolicyFiles): Promise<string | undefined> {
  if (files.schema !== undefined) return resolve(folder, files.schema)
  const beside = resolve(folder, dirname(files.policy), 'schema.toml')
  const isThere = await stat(beside).then(
    (status) => status.isFile(),
    () => false,
  )
  return isThere ? beside : undefined
}

/** Reads a policy and its schema. */
export async function readPolicy(
  io: Io,
  files: PolicyFiles,
): Promise<{ readonly policy: Policy; readonly schema: Schema | undefined }> {
  const { loadPolicy, loadSchema } = await import('@writ/engine')
  const file = await schemaFileOf(io, files)
  const schema = file === undefined ? undefined : await loadSchema(file)
  return { policy: await loadPolicy(resolve(io.folder, files.policy)), schema }
}
