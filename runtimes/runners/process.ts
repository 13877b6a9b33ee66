// Node, Bun and Deno.
import { runSuite } from '../suite.ts'

console.log(JSON.stringify(await runSuite()))
