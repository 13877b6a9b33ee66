import { ClientError } from '@writ/client'
import { delegateIdentity } from '@writ/core/hold'
import { startRun } from '@writ/pipeline'
import { openJob } from '../jobs/open-job.ts'
import { ATTEMPT, type Attempt } from './attempt.ts'
import { countShownSecrets } from './shown-secrets.ts'

// The job `test`, taken over by somebody. It writes what came of each attempt as a line of JSON.
const { ask, client, identity, artifact } = openJob()
const { WRIT_AUTHORITY_URL: authority = '', WRIT_PUBLIC_KEY: keys = '', DEPOT_URL: depot = '' } = process.env
const READ = { target: 'artifacts', operation: 'read' }
const AS_DEPLOY = JSON.stringify({ subject: 'ci:acme:main:deploy:x', target: 'secrets', operation: 'read' })
const deploy = { identity: 'ci:acme:main:deploy:x' }
/** Somebody said no. */
class Refused extends Error {}

const ends = { names: ['ci:acme:main:deploy'] }

await ask('GET', `artifacts/${artifact}`, READ)
const own = await client.capabilityFor(READ)

/** Each resolves to nothing if it succeeds. */
const attempts: readonly (readonly [tried: string, act: () => Promise<unknown>])[] = [
  ['asks for the right to publish', () => client.mint({ target: 'packages', operation: 'publish' })],
  ['asks for the right to read the deploy key', () => client.mint({ target: 'secrets', operation: 'read' })],
  ['asks to replace the artifact that it tests', () => client.mint({ target: 'artifacts', operation: 'write' })],
  ['publishes with the capability that it has', () => present(own, 'PUT', `${depot}/packages/web`, 'evil')],
  ['reads the deploy key with the capability that it has', () => present(own, 'GET', `${depot}/secrets/deploy-key`)],
  ['shows its identity to the depot', () => present(identity, 'GET', `${depot}/secrets/deploy-key`)],
  ['asks the authority as deploy', () => present(identity, 'POST', `${authority}/v1/capabilities`, AS_DEPLOY)],
  ['delegates its identity to deploy', () => delegateIdentity(identity, keys, deploy)],
  ['starts a job below itself', () => startRun({ client, keys })],
  ['asks for a longer life', () => present(identity, 'POST', `${authority}/v1/identities/refresh`)],
  ['ends deploy, so that nobody deploys', () => client.endIdentity(ends)],
  ['looks for tokens in what the system shows of this run', lookAround],
]
for (const [tried, act] of attempts) {
  const attempt: Attempt = { tried, stopped: await stopOf(act) }
  console.log(`${ATTEMPT}${JSON.stringify(attempt)}`)
}
console.log(`and it prints its token: ${identity}`)
client.close()

/** By what an attempt is stopped. An error of another kind is a mistake of this program, which stops nobody. */
async function stopOf(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof ClientError) return error.reason ?? error.problem ?? error.code
    if (error instanceof TypeError && /^(?:identity|token): /.test(error.message)) return error.message
    if (error instanceof Refused) return error.message
    throw error
  }
}

async function present(token: string, method: string, url: string, body?: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
  if (response.ok) return
  const { code } = (await response.json()) as { readonly code: string }
  throw new Refused(code)
}

async function lookAround(): Promise<void> {
  if (countShownSecrets() === 0) throw new Refused('there are none')
}
