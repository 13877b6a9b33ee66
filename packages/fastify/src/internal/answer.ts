import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Refusal } from '@writ/http'
import type { FastifyReply } from 'fastify'

/**
 * Answers past every hook of the app, at once: no code of others runs for a refusal, delays it or makes something else of it. Headers
 * that earlier hooks have set, of CORS say, stay.
 */
export function answerRefusal(reply: FastifyReply, { status, headers, body }: Refusal): void {
  reply.code(status).headers(headers).header('content-length', Buffer.byteLength(body)).hijack()
  const message: IncomingMessage & { readonly upgrade?: boolean } = reply.request.raw
  // Node leaves the socket of an upgrade to whoever listens for it, so nobody else would close it.
  const close = () => message.socket.end(() => message.socket.destroy())
  if (message.upgrade) reply.header('connection', 'close').raw.once('finish', close)
  try {
    reply.raw.writeHead(status, reply.getHeaders() as OutgoingHttpHeaders).end(body)
  } catch (error) {
    // Headers cannot be sent, or an earlier hook has begun an answer: nothing of that goes on.
    reply.log.error({ err: error }, 'a refusal could not be answered')
    reply.raw.destroy()
  }
}

/** Headers that the answer carries unless something else sets them: also one that is written to `reply.raw`. */
export function setDefaults(reply: FastifyReply, headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!reply.raw.headersSent && !reply.hasHeader(name)) reply.raw.setHeader(name, value)
  }
}

/** Returns what tells whether anybody has begun to answer since: `reply.sent` tells it only when the hooks of the answer are done. */
export function watchAnswers(reply: FastifyReply): () => boolean {
  const { send } = reply
  let isAnswered = false
  reply.send = (payload) => {
    isAnswered = true
    return send.call(reply, payload)
  }
  return () => isAnswered || reply.sent
}
