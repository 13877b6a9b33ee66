#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { serveAuthority } from './serve-authority.ts'

/** The authority as a process: everything comes from the environment, see the README. */
const { env, argv } = process
try {
  if (argv.length > 2)
    throw new TypeError('usage: writ-authority, without arguments; settings are variables such as WRIT_DATA and PORT')
  const authority = await serveAuthority({
    folder: env['WRIT_DATA'],
    databaseUrl: env['DATABASE_URL'] || undefined,
    host: env['HOST'],
    port: readCount('PORT'),
    url: env['WRIT_URL'],
    name: env['WRIT_NAME'],
    admin: env['WRIT_ADMIN'],
    trustProxy: readCount('WRIT_TRUST_PROXY'),
    initial: await readFirstRules(),
    environment: env,
  })
  console.log(
    JSON.stringify({
      listening: authority.url,
      publicKey: await authority.publicKey(),
      firstSecret: authority.firstSecret,
    }),
  )
  if ((await authority.administrators()).length === 0)
    console.error(
      JSON.stringify({ warning: 'the policy in force lets nobody change it: nobody holds authority.policy write' }),
    )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      authority.close().catch(fail)
    })
  }
} catch (error) {
  fail(error)
}

async function readFirstRules(): Promise<{ policy: string; schema?: string } | undefined> {
  const { WRIT_POLICY: policy, WRIT_SCHEMA: schema } = env
  if (policy === undefined) return undefined
  return { policy: await readFile(policy, 'utf8'), ...(schema && { schema: await readFile(schema, 'utf8') }) }
}

function readCount(variable: string): number | undefined {
  const text = env[variable]
  if (text === undefined || text === '') return undefined
  if (!/^[0-9]{1,5}$/.test(text)) throw new TypeError(`${variable}: must be a number`)
  return Number(text)
}

function fail(error: unknown): void {
  const { name, message, details } = error as { name?: string; message?: string; details?: unknown }
  console.error(JSON.stringify({ error: name, message, details }))
  process.exitCode = 1
}
