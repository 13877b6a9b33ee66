import type { Io } from '../io.ts'
import { inWords } from '../output/in-words.ts'
import { describeIdentity } from '../session/open-client.ts'
import { readSession, type Session } from '../session/session.ts'
import { absent, type Finding, good, silent, wrong } from './finding.ts'

const TIMEOUT_MS = 10_000
/** Tokens live seconds at least: a clock may be wrong by that. */
const MAX_SKEW_SECONDS = 5

/** Looks at the authority of the login: whether it answers, its clock, its keys, its feed, and the identity. */
export async function checkAuthority(io: Io): Promise<readonly Finding[]> {
  const session = await readSession(io).catch(() => undefined)
  if (session === undefined) return [absent('authority', 'nobody is logged in')]
  const { url } = session
  const response = await fetch(new URL('/healthz', url), {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined)
  if (response === undefined)
    return [silent('authority', `${url} does not answer`, 'start it, or log in to another one')]
  return [checkClock(io, response), ...(await checkKeys(io, session))]
}

function checkClock({ now }: Io, { headers }: Response): Finding {
  const time = Date.parse(headers.get('date') ?? '') / 1000
  if (!Number.isFinite(time)) return absent('clock', 'the authority does not say what time it is')
  // Its header has whole seconds.
  const skew = Math.abs(now() - time)
  return skew > MAX_SKEW_SECONDS
    ? wrong('clock', `${Math.round(skew)} s from that of the authority`, 'synchronize it, by NTP')
    : good('clock', 'as that of the authority')
}

async function checkKeys(io: Io, { url, key, identity }: Session): Promise<readonly Finding[]> {
  const { remoteKeys, remoteRevocations } = await import('@writ/client')
  const options = { background: false, onWarning: () => undefined }
  const keys = remoteKeys(url, { ...options, pinned: key })
  const revocation = remoteRevocations(url, { ...options, keys })
  try {
    await keys.ready().catch(() => undefined)
    const { ready, rootKeyIds, failure } = keys.status()
    if (!ready) {
      const advice = 'the key of the login does not vouch for it: writ login again, with its key'
      return [wrong('keys', failure ?? 'there are none', advice)]
    }
    await revocation.ready().catch(() => undefined)
    const feed = revocation.status()
    const who = await describeIdentity(io, keys, identity).catch(() => undefined)
    return [
      good('keys', `${rootKeyIds.length} root keys, vouched for by that of the login`),
      feed.ready
        ? good('feed', `signed and fresh, ${feed.entries} revocations`)
        : wrong('feed', feed.failure ?? 'too old', 'look at the log of the authority'),
      who === undefined
        ? wrong('identity', 'has ended, or was revoked', 'writ login')
        : good('identity', `${inWords(who.expiresAt - io.now())} left`),
    ]
  } finally {
    await Promise.all([keys.close(), revocation.close()])
  }
}
