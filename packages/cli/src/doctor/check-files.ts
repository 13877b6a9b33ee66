import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { PolicyError } from '@writ/engine'
import { readFile } from '../input/read-bounded.ts'
import { readPolicy } from '../input/read-policy.ts'
import type { Io } from '../io.ts'
import { absent, type Finding, good, wrong } from './finding.ts'

/** Bits of a mode by which others than the owner read or write. */
const OTHERS = 0o077
const MAX_BYTES = 65_536
const IGNORES_ENV = new Set(['.env', '/.env', '.env*', '*.env'])

/** Looks at the private key of this folder: who can read it, and whether git would take it. */
export async function checkKeyFile(io: Io): Promise<readonly Finding[]> {
  const status = await stat(join(io.folder, '.env')).catch(() => undefined)
  if (status === undefined || !status.isFile()) return [absent('.env', 'there is none')]
  const values = parseEnv(await readFile(io, '.env', MAX_BYTES))
  if (!Object.hasOwn(values, 'WRIT_PRIVATE_KEY')) return [good('.env', 'holds no private key')]
  const isOpen = process.platform !== 'win32' && (status.mode & OTHERS) !== 0
  const ignored = await readFile(io, '.gitignore', MAX_BYTES).catch(() => '')
  const isIgnored = ignored.split(/\r?\n/).some((line) => IGNORES_ENV.has(line.trim()))
  return [
    isOpen
      ? wrong('.env', 'others can read the private key in it', 'chmod 600 .env, and change the key')
      : good('.env', 'only its owner can read the private key in it'),
    isIgnored
      ? good('.gitignore', 'keeps .env out of git')
      : wrong('.gitignore', 'does not name .env', 'add the line .env before the next commit'),
  ]
}

/** Looks for faults in the policy of this folder, and in its schema. */
export async function checkPolicy(io: Io): Promise<readonly Finding[]> {
  const exists = async (name: string) => (await stat(join(io.folder, name)).catch(() => undefined)) !== undefined
  if (!(await exists('policy.toml'))) return [absent('policy', 'there is no policy.toml')]
  try {
    const { lintPolicy } = await import('@writ/engine')
    const read = await readPolicy(io, { policy: 'policy.toml' })
    const findings = await lintPolicy(read.policy, read.schema)
    if (findings.length === 0) return [good('policy', `${read.policy.objects.length} objects, nothing found`)]
    return [wrong('policy', `${findings.length} findings`, 'writ policy lint')]
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return [wrong('policy', `${error.faults.length} faults`, 'writ policy lint')]
  }
}
