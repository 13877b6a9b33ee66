// Cloudflare Workers, bundled by a tool that does not set the `workerd` condition: the module is handed over.
import { setBiscuitModule } from '@writ/core'
import biscuit from '@writ/core/biscuit_bg.wasm'
import { casesWithoutWebAssembly, runSuite } from '../suite.ts'

export default {
  fetch: async (): Promise<Response> => {
    const before = await runSuite(casesWithoutWebAssembly)
    setBiscuitModule(biscuit)
    const after = await runSuite()
    return Response.json({
      passed: before.passed + after.passed,
      failures: [...before.failures, ...after.failures],
    })
  },
}
