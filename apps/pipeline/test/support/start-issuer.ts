import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'

/** The claims of an assertion, as a platform states them. */
export type Claims = Readonly<Record<string, unknown>>

/** A platform that issues assertions: its keys are at `<url>/<name>/keys`. */
export interface TestIssuer {
  /** The issuer of assertions of a platform. */
  issuerOf(platform: 'github' | 'gitlab'): string
  sign(platform: 'github' | 'gitlab', claims: Claims): Promise<string>
  /** What a step of GitHub Actions has in its environment, to ask for an assertion with these claims. */
  environmentOf(claims: Claims): Readonly<Record<string, string>>
  /** For whom assertions were asked, as steps do. */
  readonly audiences: (string | null)[]
}

export const AUDIENCE = 'https://authority.example'

const BEARER = 'request-token'

export async function startIssuer(): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }]
  const audiences: (string | null)[] = []
  let url = ''
  let next: Claims = {}

  const issuerOf = (platform: string) => `${url}/${platform}`
  const sign = (platform: string, claims: Claims) => {
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, nbf: now - 5, exp: now + 300 }
    const payload = { iss: issuerOf(platform), jti: crypto.randomUUID(), aud: AUDIENCE, ...times, ...claims }
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'JWT' }).sign(privateKey)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', url)
    const [, platform = '', ...path] = pathname.split('/')
    const say = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (path.join('/') === '.well-known/openid-configuration') {
      say(200, { issuer: issuerOf(platform), jwks_uri: `${issuerOf(platform)}/keys` })
    } else if (path.join('/') === 'keys') say(200, { keys })
    else if (platform !== 'token' || request.headers.authorization !== `bearer ${BEARER}`) say(401, {})
    else {
      const audience = searchParams.get('audience')
      audiences.push(audience)
      say(200, { count: 1, value: await sign('github', { ...next, aud: audience }) })
    }
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    issuerOf,
    sign,
    audiences,
    environmentOf(claims) {
      next = claims
      return {
        GITHUB_ACTIONS: 'true',
        ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
      }
    },
  }
}

/** An assertion of GitHub Actions about a push to main of acme, as its documentation shows one. */
export const GITHUB: Claims = {
  sub: 'repo:acme/web:ref:refs/heads/main',
  ref: 'refs/heads/main',
  sha: 'f1e2d3',
  repository: 'acme/web',
  repository_owner: 'acme',
  repository_owner_id: '1234',
  repository_id: '5678',
  repository_visibility: 'private',
  run_id: '900',
  run_number: '10',
  run_attempt: '1',
  actor: 'alice',
  actor_id: '77',
  workflow: 'CI',
  workflow_ref: 'acme/web/.github/workflows/ci.yml@refs/heads/main',
  job_workflow_ref: 'acme/web/.github/workflows/ci.yml@refs/heads/main',
  head_ref: '',
  base_ref: '',
  event_name: 'push',
  ref_type: 'branch',
  ref_protected: 'true',
  runner_environment: 'github-hosted',
}

/** The same of GitLab. */
export const GITLAB: Claims = {
  sub: 'project_path:acme/web:ref_type:branch:ref:main',
  namespace_id: '12',
  namespace_path: 'acme',
  project_id: '34',
  project_path: 'acme/web',
  project_visibility: 'private',
  user_id: '77',
  user_login: 'alice',
  user_email: 'alice@acme.example',
  pipeline_id: '900',
  pipeline_source: 'push',
  job_id: '901',
  ref: 'main',
  ref_type: 'branch',
  ref_path: 'refs/heads/main',
  ref_protected: 'true',
  runner_id: 1,
  runner_environment: 'gitlab-hosted',
  sha: 'f1e2d3',
  ci_config_ref_uri: 'gitlab.com/acme/web//.gitlab-ci.yml@refs/heads/main',
}
