import { resolve } from 'node:path'
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
    .option('--schema <file>', 'what must be named, as TOML')
}

/** Reads a policy and its schema. */
export async function readPolicy(
  io: Io,
  files: PolicyFiles,
): Promise<{ readonly policy: Policy; readonly schema: Schema | undefined }> {
  const { loadPolicy, loadSchema } = await import('@writ/engine')
  const schema = files.schema === undefined ? undefined : await loadSchema(resolve(io.folder, files.schema))
  return { policy: await loadPolicy(resolve(io.folder, files.policy)), schema }
}
