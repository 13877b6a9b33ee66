// Node, Bun and Deno.
import { type AuthoritySettings, clientCases } from '../cases/client.ts'
import { runSuite } from '../suite.ts'

/** Written by the bundler. */
declare const SETTINGS: AuthoritySettings

console.log(JSON.stringify(await runSuite(clientCases(SETTINGS))))
