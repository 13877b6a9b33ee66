import { Agent, Runner, setTracingDisabled, tool, Usage } from '@openai/agents'
import { z } from 'zod'
import { check, sendEmail } from './support.mjs'

setTracingDisabled(true)

// The guide shows this part.
const send = tool({
  name: 'send_email',
  description: 'Sends an email',
  parameters: z.object({ to: z.string() }),
  execute: (args, run) => sendEmail(args, run.context.token),
  errorFunction: (_run, error) => error.message,
})
const runAgent = (model, token) =>
  new Runner().run(new Agent({ name: 'assistant', model, tools: [send] }), 'x', { context: { token } })

await check('OpenAI Agents', async (args, token) => {
  let told = ''
  const usage = new Usage()
  const model = {
    async getResponse({ input }) {
      const result = Array.isArray(input) ? input.find(({ type }) => type === 'function_call_result') : undefined
      if (result !== undefined) told = JSON.stringify(result.output)
      const call = {
        type: 'function_call',
        callId: '1',
        name: 'send_email',
        arguments: JSON.stringify(args),
        status: 'completed',
      }
      const text = { type: 'output_text', text: 'done' }
      const message = { type: 'message', role: 'assistant', status: 'completed', content: [text] }
      return { usage, output: [result === undefined ? call : message] }
    },
  }
  await runAgent(model, token)
  return told
})
