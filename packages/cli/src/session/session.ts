import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CliError, EXIT } from '../cli-error.ts'
import type { Io } from '../io.ts'

/** Who is logged in, and where. */
export interface Session {
  readonly url: string
  /** The root public key of the authority that was pinned at the login. */
  readonly key: string
  /** The identity, URL-safe base64. */
  readonly identity: string
}

/** The file of the session: `$XDG_CONFIG_HOME/writ/session.json`, below `~/.config` by default. */
function fileOf({ environment, folder }: Io): string {
  const home = environment['XDG_CONFIG_HOME'] ?? join(environment['HOME'] ?? folder, '.config')
  return resolve(folder, home, 'writ/session.json')
}

/** Keeps a session, in a file that nobody else can read. It is replaced as a whole. */
export async function writeSession(io: Io, session: Session): Promise<string> {
  const path = fileOf(io)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}`
  await writeFile(temporary, `${JSON.stringify(session)}\n`, { mode: 0o600 })
  await rename(temporary, path)
  return path
}

/**
 * Reads the session: the job that this process is (see `writ exec`), or else whoever is logged in.
 *
 * @throws `CliError` if nobody is logged in.
 */
export async function readSession(io: Io): Promise<Session> {
  const { WRIT_IDENTITY: job, WRIT_AUTHORITY_URL, WRIT_PUBLIC_KEY } = io.environment
  if (job && WRIT_AUTHORITY_URL && WRIT_PUBLIC_KEY)
    return { url: WRIT_AUTHORITY_URL, key: WRIT_PUBLIC_KEY, identity: job }
  const text = await readFile(fileOf(io), 'utf8').catch(() => '{}')
  const { url, key, identity } = parse(text)
  if (typeof url !== 'string' || typeof key !== 'string' || typeof identity !== 'string')
    throw new CliError(EXIT.usage, 'not_logged_in', 'nobody is logged in: writ login --url <authority>')
  return { url, key, identity }
}

function parse(text: string): Partial<Record<keyof Session, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Record<keyof Session, unknown>>
  } catch {
    return {}
  }
}
