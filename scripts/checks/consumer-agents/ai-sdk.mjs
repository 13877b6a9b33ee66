import { generateText, stepCountIs, tool } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import { z } from 'zod'
import { check, sendEmail } from './support.mjs'

// The guide shows this part.
const send_email = tool({
  description: 'Sends an email',
  inputSchema: z.object({ to: z.string() }),
  contextSchema: z.object({ token: z.string().optional() }),
  execute: (args, { context }) => sendEmail(args, context.token),
})
const runAgent = (model, token) =>
  generateText({
    model,
    tools: { send_email },
    toolsContext: { send_email: { token } },
    prompt: 'x',
    stopWhen: stepCountIs(3),
  })

const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } }
await check('Vercel AI SDK', async (args, token) => {
  let told = ''
  const call = { type: 'tool-call', toolCallId: '1', toolName: 'send_email', input: JSON.stringify(args) }
  const model = new MockLanguageModelV4({
    doGenerate: async ({ prompt }) => {
      const last = prompt.at(-1)
      const isTold = last.role === 'tool'
      if (isTold) told = JSON.stringify(last.content)
      return isTold
        ? { content: [{ type: 'text', text: 'done' }], finishReason: { unified: 'stop' }, usage, warnings: [] }
        : { content: [call], finishReason: { unified: 'tool-calls' }, usage, warnings: [] }
    },
  })
  await runAgent(model, token)
  return told
})
