import { createPrivateKey, sign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KeyProvider, serveAuthority } from '@writ/authority'
import { type Client, createClient } from '@writ/client'
import { generateKeyPair, type KeyPair } from '@writ/core'
import { readRules } from './rules.ts'

/** Options of {@link startAuthority}. */
export interface StartAuthorityOptions {
  /** The first root key, so that a test can also sign tokens that no policy permits. Default: a new one. */
  readonly keys?: KeyPair
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: () => number
}

/** The authority of the sample services, in the process of a test. */
export interface RunningAuthority {
  readonly url: string
  readonly publicKey: string
  /** A secret that is good for one identity of a subject. */
  enrol(subject: string): Promise<string>
  /** A client that has an identity of a subject. */
  clientOf(subject: string): Client
  close(): Promise<void>
}

const NO_LIMIT = { burst: 1e6, perSecond: 1e6 }

/** Starts the authority on a free port, with a database that is gone when it closes. */
export async function startAuthority({ keys, now }: StartAuthorityOptions = {}): Promise<RunningAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-policy-'))
  const authority = await serveAuthority({
    folder,
    port: 0,
    keyProvider: beginningWith(keys ?? (await generateKeyPair())),
    limits: { address: NO_LIMIT, credential: NO_LIMIT, subject: NO_LIMIT },
    now,
    ...(await readRules()),
  })
  const { url } = authority
  const publicKey = await authority.publicKey()
  const enrol = async (subject: string) => (await authority.enrol({ subject })).secret
  return {
    url,
    publicKey,
    enrol,
    clientOf: (subject) => createClient({ url, keys: publicKey, identity: { secret: () => enrol(subject) }, now }),
    async close() {
      await authority.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Keys of a test: the first root key is given, and all lie open in the database. */
function beginningWith(first: KeyPair): KeyProvider {
  let given: KeyPair | undefined = first
  return {
    name: 'test',
    async create(purpose) {
      const keys = purpose === 'root' && given !== undefined ? given : await generateKeyPair()
      if (keys === given) given = undefined
      return { publicKey: keys.publicKey, sealed: keys.privateKey }
    },
    async open({ publicKey, sealed }) {
      const [d = '', x = ''] = [sealed, publicKey].map((key) =>
        Buffer.from(key.split('/')[1] ?? '', 'hex').toString('base64url'),
      )
      const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' })
      return { publicKey, sign: (message) => sign(null, message, key) }
    },
  }
}
