import type { Refusal } from '../../refusal.ts'
import type { UpgradeSocket } from '../upgrade-types.ts'

/** How long a client may take to read an answer, in milliseconds. */
const PATIENCE = 5000
/** Answers a request on its bare socket and closes it, after {@link PATIENCE} at the latest. */
export function answerSocket(
  socket: UpgradeSocket,
  { status, headers, body }: Pick<Refusal, 'status' | 'headers' | 'body'>,
  method: string,
): void {
  const timer = setTimeout(() => socket.destroy(), PATIENCE)
  socket.once('close', () => clearTimeout(timer))
  socket.once('finish', () => socket.destroy())
  const given = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'date')
  const framing = [
    ['Date', new Date().toUTCString()],
    ['Connection', 'close'],
    ['Content-Length', String(new TextEncoder().encode(body).length)],
  ]
  const lines = [...given, ...framing].map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} \r\n${lines.join('')}\r\n`, 'latin1')
  socket.end(method === 'HEAD' ? '' : body, 'utf8')
}
