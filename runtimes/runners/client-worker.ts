// Cloudflare Workers, where nothing runs between requests.
import { type AuthoritySettings, clientCases } from '../cases/client.ts'
import { runSuite } from '../suite.ts'

/** Written by the bundler. */
declare const SETTINGS: AuthoritySettings

export default { fetch: async (): Promise<Response> => Response.json(await runSuite(clientCases(SETTINGS))) }
