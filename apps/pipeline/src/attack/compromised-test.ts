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
const NOT_TEST = 'the policy does not give it to test'
const ONE_RIGHT = 'the capability is for reading the artifact'
const NOT_DELEGATABLE = /^identity: (?:must be below the name of the token|may not be delegated to jobs)$/
/** Somebody said no. */
class Refused extends Error {}

await ask('GET', `artifacts/${artifact}`, READ)
const own = await client.capabilityFor(READ)

/** Each resolves if it succeeds. */
const attempts: readonly (readonly [Attempt, act: () => Promise<unknown>])[] = [
  [
    { tried: 'asks for the right to publish', at: 'authority', because: NOT_TEST, promised: 'not_granted' },
    () => client.mint({ target: 'packages', operation: 'publish' }),
  ],
  [
    { tried: 'asks for the right to read the deploy key', at: 'authority', because: NOT_TEST, promised: 'not_granted' },
    () => client.mint({ target: 'secrets', operation: 'read' }),
  ],
  [
    { tried: 'asks to replace the artifact', at: 'authority', because: NOT_TEST, promised: 'not_granted' },
    () => client.mint({ target: 'artifacts', operation: 'write' }),
  ],
  [
    { tried: 'publishes with what it has', at: 'depot', because: ONE_RIGHT, promised: 'wrong_resource' },
    () => present(own, 'PUT', `${depot}/packages/web`, 'evil'),
  ],
  [
    { tried: 'reads the deploy key with what it has', at: 'depot', because: ONE_RIGHT, promised: 'wrong_resource' },
    () => present(own, 'GET', `${depot}/secrets/deploy-key`),
  ],
  [
    {
      tried: 'shows its identity to the depot',
      at: 'depot',
      because: 'an identity says who somebody is, and permits nothing',
      promised: 'wrong_kind',
    },
    () => present(identity, 'GET', `${depot}/secrets/deploy-key`),
  ],
  [
    {
      tried: 'asks the authority as deploy',
      at: 'authority',
      because: 'who asks is in the token, and nowhere else',
      promised: 'invalid_request',
    },
    () => present(identity, 'POST', `${authority}/v1/capabilities`, AS_DEPLOY),
  ],
  [
    {
      tried: 'hands its identity on to deploy',
      at: 'token',
      because: 'that name is not below its own',
      promised: 'not_delegatable',
    },
    () => delegateIdentity(identity, keys, { identity: 'ci:acme:main:deploy:x' }),
  ],
  [
    { tried: 'starts a job below itself', at: 'token', because: 'its depth is 0', promised: 'not_delegatable' },
    () => startRun({ client, keys }),
  ],
  [
    {
      tried: 'asks for a longer life',
      at: 'authority',
      because: 'nobody renews an identity that was delegated',
      promised: 'not_refreshable',
    },
    () => present(identity, 'POST', `${authority}/v1/identities/refresh`),
  ],
  [
    {
      tried: 'ends deploy, so that nobody deploys',
      at: 'authority',
      because: 'it may end only what it could speak as',
      promised: 'invalid_request',
    },
    () => client.endIdentity({ names: ['ci:acme:main:deploy'] }),
  ],
  [
    {
      tried: 'looks for tokens of others',
      at: 'machine',
      because: 'no environment and no argument of this run has one',
      promised: 'nothing_found',
    },
    lookAround,
  ],
]
for (const [attempt, act] of attempts) {
  console.log(`${ATTEMPT}${JSON.stringify({ ...attempt, code: await codeOf(act) })}`)
}
console.log(`and it prints its token: ${identity}`)
client.close()

/** By what an attempt is stopped. An error of another kind is a mistake of this program, which stops nobody. */
async function codeOf(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof ClientError) return error.reason ?? error.problem ?? error.code
    if (error instanceof TypeError && NOT_DELEGATABLE.test(error.message)) return 'not_delegatable'
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
  if (countShownSecrets() === 0) throw new Refused('nothing_found')
}
