import { Agent } from '@mastra/core/agent'
import { RequestContext } from '@mastra/core/request-context'
import { createTool } from '@mastra/core/tools'
import { MockLanguageModelV3 } from 'ai/test'
import { z } from 'zod'
import { check, sendEmail } from './support.mjs'

// The guide shows this part.
const send_email = createTool({
  id: 'send_email',
  description: 'Sends an email',
  inputSchema: z.object({ to: z.string() }),
  execute: (args, { requestContext }) => sendEmail(args, requestContext.get('token')),
})
const runAgent = (model, token) =>
  new Agent({ id: 'assistant', name: 'assistant', instructions: 'x', model, tools: { send_email } }).generate('x', {
    requestContext: new RequestContext([['token', token]]),
    maxSteps: 3,
  })

const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } }
await check('Mastra', async (args, token) => {
  let told = ''
  const call = { type: 'tool-call', toolCallId: '1', toolName: 'send_email', input: JSON.stringify(args) }
  const next = (prompt) => {
    const last = prompt.at(-1)
    const isTold = last.role === 'tool'
    if (isTold) told = JSON.stringify(last.content)
    return isTold
      ? {
          content: [{ type: 'text', text: 'done' }],
          finishReason: { unified: 'stop', raw: 'stop' },
          usage,
          warnings: [],
        }
      : { content: [call], finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage, warnings: [] }
  }
  const model = new MockLanguageModelV3({ doGenerate: async ({ prompt }) => next(prompt) })
  await runAgent(model, token)
  return told
})
