import { createAgent, createMiddleware, fakeModel, ToolMessage, tool } from 'langchain'
import { z } from 'zod'
import { check, sendEmail } from './support.mjs'

// The guide shows this part.
const send = tool((args, { context }) => sendEmail(args, context.token), {
  name: 'send_email',
  description: 'Sends an email',
  schema: z.object({ to: z.string() }),
})
const tellRefusals = createMiddleware({
  name: 'tellRefusals',
  wrapToolCall: (request, handler) =>
    handler(request).catch(
      (error) => new ToolMessage({ content: error.message, status: 'error', tool_call_id: request.toolCall.id }),
    ),
})
const contextSchema = z.object({ token: z.string().optional() })
const runAgent = (model, token) =>
  createAgent({ model, tools: [send], middleware: [tellRefusals], contextSchema }).invoke(
    { messages: [{ role: 'user', content: 'x' }] },
    { context: { token } },
  )

await check('LangGraph', async (args, token) => {
  const model = fakeModel()
    .respondWithTools([{ name: 'send_email', args, id: '1' }])
    .respond(new (await import('langchain')).AIMessage('done'))
  const { messages } = await runAgent(model, token)
  return messages.find((message) => message.type === 'tool').content
})
