import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Refusal } from '@writ/http'
import type { FastifyReply } from 'fastify'

/**
 * Answers at once and past every hook of the app, so that no other code runs for a refusal, delays it or changes it.
 * Headers that earlier hooks have set, such as those of CORS, stay.
 */
export function answerRefusal(reply: FastifyReply, { status, headers, body }: Refusal): void {
  reply.code(status).headers(headers).header('content-length', Buffer.byteLength(body)).hijack()
  const message: IncomingMessage & { readonly upgrade?: boolean } = reply.request.raw
  // Node leaves the socket of an upgrade to the listener, so it must be closed here.
  const close = () => message.socket.end(() => message.socket.destroy())
  if (message.upgrade) reply.header('connection', 'close').raw.once('finish', close)
  try {
    reply.raw.writeHead(status, reply.getHeaders() as OutgoingHttpHeaders).end(body)
  } catch (error) {
    // A header cannot be sent, or an earlier hook has begun an answer: in both cases the connection must end.
    reply.log.error({ err: error }, 'a refusal could not be answered')
    reply.raw.destroy()
  }
}

/** Sets headers that other code has not set. They are also part of an answer that the handler writes to `reply.raw`. */
export function setDefaults(reply: FastifyReply, headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!reply.raw.headersSent && !reply.hasHeader(name)) reply.raw.setHeader(name, value)
  }
}

/**
 * Returns a function that tells whether other code has begun to answer. `reply.sent` is true only after the hooks of the
 * answer.
 */
export function watchAnswers(reply: FastifyReply): () => boolean {
  const { send } = reply
  let isAnswered = false
  reply.send = (payload) => {
    isAnswered = true
    return send.call(reply, payload)
  }
  return () => isAnswered || reply.sent
}
