import type { Client, IdentitySource } from '@writ/client'
import type { Keys } from '@writ/core'
import { usageError } from '../cli-error.ts'
import { type KeySource, readPublicKey, readVariable } from '../input/read-keys.ts'
import type { Io } from '../io.ts'
import { openClient } from '../session/open-client.ts'
import { readSession } from '../session/session.ts'
import { askGithub } from './ask-github.ts'

/** Where the authority is, and what an assertion is for. */
export interface AuthoritySource extends KeySource {
  readonly url?: string
  readonly audience?: string
}

/** The identity that a command runs below. */
export interface FoundIdentity {
  readonly client: Client
  readonly keys: Keys
  readonly url: string
  readonly key: string
  /** Whether it was obtained for this command, and so ends with it. */
  readonly own: boolean
}

/**
 * Finds out who runs the command: the job that this process is; a job of GitLab or GitHub Actions, by its assertion; whoever has
 * a secret; or else whoever is logged in.
 *
 * @throws `CliError` if nobody is.
 */
export async function findIdentity(io: Io, options: AuthoritySource): Promise<FoundIdentity> {
  const found = await findSource(io, options)
  if (found === undefined) {
    const { url, key, identity } = await readSession(io)
    return { ...(await openClient(io, url, key, identity)), url, key, own: false }
  }
  const key = await readPublicKey(io, options)
  const url = await readAuthority(io, options)
  const { source, own } = found(url)
  return { ...(await openClient(io, url, key, source)), url, key, own }
}

type Find = (url: string) => { readonly source: IdentitySource; readonly own: boolean }

async function findSource(io: Io, { audience }: AuthoritySource): Promise<Find | undefined> {
  const { environment } = io
  const { WRIT_IDENTITY: identity, WRIT_IDENTITY_FD: descriptor } = environment
  if (identity || descriptor) {
    const { readIdentity } = await import('@writ/pipeline')
    const token = readIdentity({ ...environment })
    return () => ({ source: () => token, own: false })
  }
  const { WRIT_ASSERTION: assertion, WRIT_SECRET: secret } = environment
  if (assertion) return () => ({ source: { assertion: () => assertion }, own: true })
  if (environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) {
    return (url) => ({ source: { assertion: () => askGithub(io, audience ?? url) }, own: true })
  }
  if (secret) return () => ({ source: { secret }, own: true })
  return undefined
}

async function readAuthority(io: Io, { url }: AuthoritySource): Promise<string> {
  const found = url ?? (await readVariable(io, 'WRIT_AUTHORITY_URL'))
  if (found === undefined) throw usageError('authority: name its URL with --url, or set WRIT_AUTHORITY_URL')
  return found
}
