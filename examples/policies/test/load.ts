import { fileURLToPath } from 'node:url'
import { generateKeyPair } from '@writ/core'
import { createEngine, createSessions, expectPolicy, loadPolicy, loadSchema } from '@writ/engine'

/** Loads an example: its parts, its assertions, and an engine over it. */
export async function load(name: string) {
  const folder = fileURLToPath(new URL(`../${name}`, import.meta.url))
  const [policy, schema] = await Promise.all([loadPolicy(`${folder}/policy.toml`), loadSchema(`${folder}/schema.toml`)])
  const engine = createEngine({ policy, schema, keys: await generateKeyPair(), sessions: createSessions() })
  return { policy, schema, engine, expect: expectPolicy(policy, schema) }
}
