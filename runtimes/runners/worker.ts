// Cloudflare Workers: the `workerd` condition of @writ/core brings the WebAssembly module along.
import { runSuite } from '../suite.ts'

export default { fetch: async (): Promise<Response> => Response.json(await runSuite()) }
